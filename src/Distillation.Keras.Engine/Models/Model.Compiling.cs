using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>What a model is configured for training with. Source: <c>keras/src/trainers/trainer.py</c>.</content>
public partial class Model
{
    /// <summary>Configures the model for training: the optimizer, what to make small, and what to report.</summary>
    /// <param name="optimizer">A name (<c>"adam"</c>) or an <see cref="Optimizers.Optimizer"/>; <c>"rmsprop"</c> by default.</param>
    /// <param name="loss">A name, a <see cref="Losses.Loss"/>, or one for each output as a list or dictionary.</param>
    /// <param name="metrics">
    /// What to report, not weighted by sample weights: names and <see cref="Metric"/>s; with several outputs a list for each, or a
    /// dictionary by their names.
    /// </param>
    /// <param name="loss_weights">The weights of the outputs' losses in the total.</param>
    /// <param name="weighted_metrics">What to report, weighted by sample and class weights.</param>
    /// <param name="steps_per_execution">How many steps are made before callbacks hear of them.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model is being trained on another thread. (A callback may compile: the fit under way goes on as it began.)
    /// </exception>
    [OverloadResolutionPriority(2)]
    public void Compile(
        Optimizer? optimizer = null,
        LossSpec? loss = null,
        MetricList? metrics = null,
        LossWeights? loss_weights = null,
        MetricList? weighted_metrics = null,
        int steps_per_execution = 1,
        params ReadOnlySpan<CSharpOnly> csharp
    )
    {
        Claim.RefuseBesideTraining(this, nameof(Compile));
        foreach (object? item in loss?.Items ?? [])
        {
            // Names are checked at once, though those that depend on shapes become losses later.
            if (item is string name && !LossResolver.IsDeferred(name))
            {
                _ = Loss.Get(name);
            }
        }

        Compilation compilation = new Compilation(
            optimizer ?? Optimizers.Optimizer.Get("rmsprop"),
            loss,
            loss_weights,
            metrics,
            weighted_metrics,
            steps_per_execution
        ).ScaledFor(this, isWrittenAsGiven: false);
        compilation.CheckOutputs(this);
        _compilation = compilation;
        ReleaseTraining();
    }

    /// <summary>
    /// Configures the model for training, with a function as the loss: <c>model.Compile("adam", (y, p) => p.sub(y).abs().mean([-1]))</c>.
    /// </summary>
    /// <param name="optimizer">
    /// A name or an <see cref="Optimizers.Optimizer"/>; <c>"rmsprop"</c> where it is <see langword="null"/>.
    /// </param>
    /// <param name="loss">From targets and predictions, batch first, to one value a row: see <see cref="LossFunctionWrapper"/>.</param>
    /// <param name="metrics">What to report, not weighted by sample weights.</param>
    /// <param name="loss_weights">The weights of the outputs' losses in the total.</param>
    /// <param name="weighted_metrics">What to report, weighted by sample and class weights.</param>
    /// <param name="steps_per_execution">How many steps are made before callbacks hear of them.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    /// <exception cref="ArgumentException">A name is not known.</exception>
    [OverloadResolutionPriority(1)]
    public void Compile(
        Optimizer? optimizer,
        Func<Tensor, Tensor, Tensor> loss,
        MetricList? metrics = null,
        LossWeights? loss_weights = null,
        MetricList? weighted_metrics = null,
        int steps_per_execution = 1,
        params ReadOnlySpan<CSharpOnly> csharp
    )
    {
        ArgumentNullException.ThrowIfNull(loss);
        Compile(optimizer, (LossSpec)loss, metrics, loss_weights, weighted_metrics, steps_per_execution);
    }

    /// <summary>Configures the model for training by Keras' <c>compile_config</c>, as its files hold it.</summary>
    /// <param name="config">The arguments of <c>compile</c> under Keras' names.</param>
    /// <exception cref="ArgumentException">A key is unknown, or a value does not fit.</exception>
    /// <exception cref="NotSupportedException">
    /// A class is not known, or <c>auto_scale_loss</c> is false for a model that computes in <c>mixed_float16</c>.
    /// </exception>
    public void CompileFromConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Claim.RefuseBesideTraining(this, nameof(Compile));
        KerasSerializer.RefuseUnreadable(config);
        Compilation given = CompileConfig.Read(config);
        Compilation compilation = given.ScaledFor(this, isWrittenAsGiven: true);
        if (!ReferenceEquals(compilation, given) && !CompileConfig.ScalesLoss(config))
        {
            throw new NotSupportedException(
                $"'{Name}' computes in mixed_float16, whose gradients vanish where the loss is not scaled, but its compile_config has "
                    + "\"auto_scale_loss\": false. Leave it out, or give the optimizer a loss_scale_factor (1 leaves the loss as it is)."
            );
        }

        SetCompilation(compilation);
    }

    /// <summary>The same for a file, whose optimizer scales the loss or does not, whatever the model computes in.</summary>
    internal void CompileFromFile(JsonObject config, bool scalesLoss)
    {
        using IDisposable bounded = UninitializedWeights.BoundSums();
        Compilation compilation = CompileConfig.Read(config);
        SetCompilation(scalesLoss ? compilation.ScaledFor(this, isWrittenAsGiven: true) : compilation);
    }

    private void SetCompilation(Compilation compilation)
    {
        compilation.CheckOutputs(this);
        _compilation = compilation;
        ReleaseTraining();
    }

    /// <summary>The arguments of <c>Compile</c> in Keras' form, or <see langword="null"/> where the model is not compiled.</summary>
    /// <exception cref="NotSupportedException">A loss or metric holds a delegate.</exception>
    public JsonObject? GetCompileConfig() => _compilation?.ToJson();
}
