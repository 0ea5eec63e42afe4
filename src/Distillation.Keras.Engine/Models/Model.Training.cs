using System.Runtime.CompilerServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Training, evaluation and prediction. Source: <c>keras/src/trainers/trainer.py</c>.</content>
public partial class Model
{
    private Compilation? _compilation;

    /// <summary>
    /// The optimizer that the model was compiled with, in <c>mixed_float16</c> within a <see cref="LossScaleOptimizer"/>; it keeps its
    /// state between fits.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public Optimizer Optimizer => Compiled.Optimizer;

    /// <summary>The optimizer, or <see langword="null"/> where the model is not compiled.</summary>
    internal Optimizer? OptimizerOrNull => _compilation?.Optimizer;

    /// <summary>Whether the model was compiled.</summary>
    public bool IsCompiled => _compilation is not null;

    /// <summary>A callback sets it to end a fit after the step under way (the epoch's end is still reported).</summary>
    public bool StopTraining { get; set; }

    internal Compilation? Compilation => _compilation;

    private Compilation Compiled =>
        _compilation ?? throw new InvalidOperationException($"Call Compile(...) on '{Name}' before training or evaluating it.");

    /// <summary>Trains the model.</summary>
    /// <remarks>Not thread-safe: a second training of the model, or of another one that shares trained weights with it, is refused while it
    /// runs. <c>Predict</c> and
    /// <c>Evaluate</c> may be called beside it and find the weights as they are at that moment.</remarks>
    /// <param name="x">
    /// Inputs, batch first: an array, several for several inputs, or arrays by the inputs' names; or a <see cref="DataSource"/>, which
    /// brings targets, weights and batches itself.
    /// </param>
    /// <param name="y">Targets, batch first, likewise for the outputs.</param>
    /// <param name="batch_size">Samples a step; 32 by default. A source has batches of its own.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initial_epoch"/> 0, how many there are.</param>
    /// <param name="verbose">0: silent, 1: a progress line (plain lines where output is redirected), 2: a line an epoch.</param>
    /// <param name="callbacks">What to tell of the training.</param>
    /// <param name="validation_split">
    /// The share of the samples, from the end and before shuffling, that is kept for validation: from 0 to below 1.
    /// </param>
    /// <param name="validation_data">Data to evaluate after each epoch; wins over <paramref name="validation_split"/>.</param>
    /// <param name="shuffle">Whether samples are shuffled anew for each epoch.</param>
    /// <param name="class_weight">The weight of each class' samples in the loss and the weighted metrics; 1 where not given.</param>
    /// <param name="sample_weight">The weight of each sample, or of each position.</param>
    /// <param name="initial_epoch">The number of the first epoch, from 0.</param>
    /// <param name="steps_per_epoch">
    /// Steps that make an epoch; the next one goes on with the following batches. By default one pass.
    /// </param>
    /// <param name="validation_steps">Steps that make a validation, at most as many as the data have; by default one pass.</param>
    /// <param name="validation_batch_size">Samples a step of the validation; <paramref name="batch_size"/> by default.</param>
    /// <param name="validation_freq">After how many epochs there is a validation.</param>
    /// <param name="state">
    /// Where a fit with the same model, data and arguments was cancelled (<see cref="FitCanceledException.State"/>): this one goes on from
    /// there, and ends as that one would have, bit for bit. Without it the fit begins.
    /// </param>
    /// <param name="device">
    /// Where to train: <c>"cuda"</c>, <c>"cuda:1"</c>, <c>"cpu"</c>. The model is moved there as by <see cref="To"/>, and stays there; by
    /// default it is where it is. Data stay on the host, and each batch is moved.
    /// </param>
    /// <param name="cancellationToken">Ends the fit after the step under way.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    /// <returns>What each epoch gave, under Keras' names: <c>loss</c>, <c>accuracy</c>, <c>val_loss</c>, ...</returns>
    /// <exception cref="InvalidOperationException">
    /// The model is not compiled, or without a loss; it is being trained already; a callback serves another fit; or gradients are switched
    /// off (<c>torch.no_grad()</c>).
    /// </exception>
    /// <exception cref="ArgumentException">
    /// Data do not fit the model, an argument is out of its range, or the optimizer does not know a weight: then call Compile again.
    /// </exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    /// <exception cref="ArithmeticException">The loss became NaN or infinite.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    /// <exception cref="FitCanceledException">The token was cancelled; its state is where the fit stood.</exception>
    [OverloadResolutionPriority(1)]
    public History Fit(
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int epochs = 1,
        int verbose = 1,
        IEnumerable<Callback>? callbacks = null,
        double validation_split = 0.0,
        ValidationData? validation_data = null,
        bool shuffle = true,
        ClassWeights? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int? validation_steps = null,
        int? validation_batch_size = null,
        int validation_freq = 1,
        FitState? state = null,
        Device? device = null,
        CancellationToken cancellationToken = default,
        params ReadOnlySpan<CSharpOnly> csharp
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        string me = $"Fit of '{Name}'";
        Gradients.RequireRecording(me);
        using Claim claim = new Claim(me).Take(this);
        Compilation compilation = Compiled;
        FitOptions options = new FitOptions
        {
            Epochs = epochs,
            InitialEpoch = initial_epoch,
            Verbose = verbose,
            Shuffle = shuffle,
            StepsPerEpoch = steps_per_epoch,
            StepsPerExecution = compilation.StepsPerExecution,
            ValidationFreq = validation_freq,
            ValidationSteps = validation_steps,
            State = state,
            Callbacks = [.. callbacks ?? []],
            CancellationToken = cancellationToken,
        }.Checked();
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        FitOptions.AtLeast(1, validation_batch_size, nameof(validation_batch_size));
        using DisposeScope scope = NewDisposeScope();
        using var attempt = new Attempt();
        MoveTo(device, attempt, claim);
        StreamBatches.RefuseBeside(
            x,
            (batch_size, nameof(batch_size)),
            (validation_split == 0 ? null : validation_split, nameof(validation_split))
        );
        SampleSet all = Samples(x, y, sample_weight, class_weight, attempt);
        SampleSet? held = null;
        if (validation_data is not null)
        {
            StreamBatches.RefuseBeside(validation_data.X, (validation_batch_size, nameof(validation_batch_size)));
            held = Samples(validation_data.X, validation_data.Y, validation_data.SampleWeight, null, attempt);
        }
        else if (validation_split != 0)
        {
            (all, held) = all.Split(validation_split);
        }

        int size = batch_size ?? 32;
        return WithProgram(
            all.Y,
            program =>
            {
                if (held is not null)
                {
                    program.Check(held.Y);
                }

                using BatchSource data = Batches(x, all, class_weight, size, program);
                using BatchSource? validation = held is null
                    ? null
                    : Batches(validation_data?.X, held, null, validation_batch_size ?? size, program);
                return Train(claim, me, program, data, validation, options, attempt);
            }
        );
    }

    /// <summary>The loss and the metrics on data, without training.</summary>
    /// <remarks>Thread-safe: each call has sums of its own, so that many threads may evaluate one model, and a callback may do so within a
    /// fit or an evaluation. (Layers, losses and metrics of one's own must be so, too.)</remarks>
    /// <param name="x">Inputs, batch first; or a <see cref="DataSource"/>, which brings targets, weights and batches itself.</param>
    /// <param name="y">Targets, batch first.</param>
    /// <param name="batch_size">Samples a step; 32 by default. A source has batches of its own.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: one line.</param>
    /// <param name="sample_weight">The weight of each sample.</param>
    /// <param name="steps">Steps to make, at most as many as the data have; by default one pass.</param>
    /// <param name="callbacks">What to tell of the evaluation.</param>
    /// <param name="device">
    /// Where to compute. The model is moved there as by <see cref="To"/>, and stays there (which is not thread-safe); by default it is
    /// where it is.
    /// </param>
    /// <param name="cancellationToken">Ends the evaluation before the next step.</param>
    /// <returns>The values under Keras' names, in its order.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">Data do not fit the model, or have fewer steps.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public Logs Evaluate(
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int verbose = 0,
        ArrayLike? sample_weight = null,
        int? steps = null,
        IEnumerable<Callback>? callbacks = null,
        Device? device = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        _ = Compiled;
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        FitOptions.AtLeast(1, steps, nameof(steps));
        using DisposeScope scope = NewDisposeScope();
        using var attempt = new Attempt();
        MoveTo(device, attempt);
        StreamBatches.RefuseBeside(x, (batch_size, nameof(batch_size)));
        SampleSet set = Samples(x, y, sample_weight, null, attempt);
        return WithProgram(
            set.Y,
            program =>
            {
                using BatchSource data = Batches(x, set, null, batch_size ?? 32, program);
                return Evaluate(program, data, verbose, steps, callbacks, attempt, cancellationToken);
            }
        );
    }

    /// <summary>The output on data, batch by batch, in inference mode.</summary>
    /// <remarks>
    /// Thread-safe, also the first call of a model that is not built yet: one model may answer many requests at once. (Layers of one's own
    /// must be so, too.)
    /// </remarks>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="batch_size">Samples a step; 32 by default.</param>
    /// <param name="verbose">0: silent, the default as in <c>Evaluate</c> (Keras: 1), 1: a progress line, 2: one line.</param>
    /// <param name="callbacks">Callbacks, which are told of the prediction. One callback serves one at a time.</param>
    /// <param name="device">
    /// Where to compute. The model is moved there as by <see cref="To"/>, and stays there (which is not thread-safe); by default it is
    /// where it is.
    /// </param>
    /// <returns>An array with one row a sample, which the caller owns.</returns>
    /// <exception cref="ArgumentException">Data do not fit the model.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public NDArray Predict(
        ArrayLike x,
        int? batch_size = null,
        int verbose = 0,
        IEnumerable<Callback>? callbacks = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        return PredictArrays(x, batch_size, verbose, callbacks, device, isSingle: true)[0];
    }

    /// <summary>The strings of a model that ends in a <see cref="StringLookup"/> with <c>invert</c>, batch by batch.</summary>
    /// <remarks>Thread-safe, as <c>Predict</c>.</remarks>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="batch_size">Samples a step; 32 by default.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: one line.</param>
    /// <param name="callbacks">Callbacks, which are told of the prediction. One callback serves one at a time.</param>
    /// <param name="device">Where to compute; by default where the model is.</param>
    /// <returns>An array of strings of the output's rank: <c>string[]</c>, <c>string[,]</c>; one row a sample.</returns>
    /// <exception cref="ArgumentException">Data do not fit the model, or its output is numbers.</exception>
    /// <exception cref="InvalidOperationException">The model has several outputs.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public Array PredictStrings(
        ArrayLike x,
        int? batch_size = null,
        int verbose = 0,
        IEnumerable<Callback>? callbacks = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        return HasGraph && !Outputs.Any(o => o.DType == StringTensors.Name)
            ? throw new ArgumentException($"The output of '{Name}' is numbers: call Predict.", nameof(x))
            : Predict(
                x,
                batch_size,
                verbose,
                callbacks,
                device,
                isSingle: true,
                outputs => StringArrays.Of(outputs[0], StringArrays.Words(WithInner(this)))
            );
    }

    /// <summary>All outputs on data, batch by batch, in inference mode.</summary>
    /// <remarks>Thread-safe, as <c>Predict</c>.</remarks>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="batch_size">Samples a step; 32 by default.</param>
    /// <param name="verbose">0: silent, 1: a progress line, 2: one line.</param>
    /// <param name="callbacks">Callbacks, which are told of the prediction. One callback serves one at a time.</param>
    /// <param name="device">
    /// Where to compute. The model is moved there as by <see cref="To"/>, and stays there (which is not thread-safe); by default it is
    /// where it is.
    /// </param>
    /// <returns>An array for each output, which the caller owns.</returns>
    /// <exception cref="ArgumentException">Data do not fit the model.</exception>
    /// <exception cref="ObjectDisposedException">An array was disposed.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public IReadOnlyList<NDArray> PredictOutputs(
        ArrayLike x,
        int? batch_size = null,
        int verbose = 0,
        IEnumerable<Callback>? callbacks = null,
        Device? device = null
    )
    {
        ArgumentNullException.ThrowIfNull(x);
        return PredictArrays(x, batch_size, verbose, callbacks, device, isSingle: false);
    }
}
