using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>What <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> run.</content>
public partial class Model
{
    // One program is kept between calls, as metrics and trackers need be made once only. Whoever runs it takes it away, so that its sums
    // belong to one pass: a pass that begins meanwhile, on another thread or in a callback, makes its own.
    private SupervisedProgram? _idle;

    /// <summary>The outputs for tensors that fit, on the host and in the dispose scope that is open.</summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <param name="batchSize">Samples a step.</param>
    /// <param name="watch">Is told of each step, or <see langword="null"/>.</param>
    internal Tensor[] PredictTensors(Tensor[] inputs, int batchSize, PredictionWatch? watch = null)
    {
        RefuseDivided();
        using var call = new RunningCall($"Predict of '{Name}'");
        using IDisposable noGrad = no_grad();
        Device device = Device;
        using ArrayBatches data = new(Array.ConvertAll(inputs, t => t.alias()), [], null, batchSize);
        using var context = new CallContext(training: false);
        Tensor[]? results = null;
        watch?.Begin(data.Count);
        for (int step = 0; step < data.Count; step++)
        {
            watch?.BeginStep(step);
            using DisposeScope scope = NewDisposeScope();
            Batch batch = data.Get(step).On(device);
            IReadOnlyList<Tensor> outputs = Invoke(batch.Inputs, context);
            for (int i = 0; i < outputs.Count; i++)
            {
                if (outputs[i].dim() == 0 || outputs[i].size(0) != batch.Size)
                {
                    throw new InvalidOperationException(
                        Invariant(
                            $"A model has one row of output for each sample, but the output '{Signature.OutputNames[i]}' of '{Name}' has "
                                + $"the shape {Shape.FromSizes(outputs[i].shape)} for a batch of {batch.Size}. Look at the layers of "
                                + $"one's own before it."
                        )
                    );
                }
            }

            results ??= [.. outputs.Select((o, i) => ForAll(data.Samples, o, Signature.OutputNames[i]).MoveToOuterDisposeScope())];
            for (int i = 0; i < results.Length; i++)
            {
                if (OtherRows(i, outputs[i], results[i]) is string other)
                {
                    throw new InvalidOperationException($"{other} Look at the layers of one's own before it.");
                }

                results[i].narrow(0, (long)step * batchSize, batch.Size).copy_(outputs[i]);
            }

            watch?.EndStep(step);
        }

        watch?.End();
        return results!;
    }

    // What is wrong where rows of an output have another shape than those before: they would be repeated, or not fit.
    private string? OtherRows(int output, Tensor rows, Tensor before) =>
        rows.shape.AsSpan(1).SequenceEqual(before.shape.AsSpan(1))
            ? null
            : $"All rows of an output make one array, but those of '{Signature.OutputNames[output]}' of '{Name}' have the shape "
                + $"{Shape.FromSizes(rows.shape).With(0, null)} in one batch and {Shape.FromSizes(before.shape).With(0, null)} before.";

    // Beside it there will be the copy that the caller gets.
    private static Tensor ForAll(long samples, Tensor output, string name)
    {
        long[] sizes = [samples, .. output.shape[1..]];
        SystemMemory.Require($"The output '{name}' for all samples,", Shape.FromSizes(sizes), output.dtype, copies: 2);
        return empty(sizes, output.dtype, CPU);
    }

    /// <summary>Makes the weights for data, if they are not there, when the data are found to be fit for any model.</summary>
    /// <returns>What takes them away again, if the call is refused.</returns>
    internal Action? EnsureBuiltFor(ArrayLike x) => IsBuiltToStay() ? null : EnsureBuilt(DataChecks.ShapesOf(x));

    private Logs OnBatch(string name, ArrayLike x, Func<SampleSet> samples, Action<SupervisedProgram, Batch, Attempt> step)
    {
        _ = Compiled;
        using var call = new RunningCall(name);
        using DisposeScope scope = NewDisposeScope();
        using Attempt attempt = new Attempt().OnRefusal(EnsureBuiltFor(x));
        SampleSet set = samples();
        return WithProgram(
            set.Y,
            program =>
            {
                program.Reset();
                using ArrayBatches data = set.Batches((int)set.X[0].shape[0]);
                step(program, data.Get(0).On(program.Device), attempt);
                return program.ReadLogs();
            }
        );
    }

    /// <summary>Runs something with a program that nobody else has meanwhile.</summary>
    private T WithProgram<T>(Tensor[] targets, Func<SupervisedProgram, T> run)
    {
        RefuseDivided();

        // Metrics depend on the form of the targets and outputs, and the trained weights on the layers' flags.
        string form =
            string.Join(";", targets.Select(t => Shape.FromSizes(t.shape).With(0, null)))
            + "|"
            + string.Join(";", Signature.Outputs.Select(o => $"{o.Name}{o.Shape}"));
        Compilation compilation = Compiled;
        SupervisedProgram? program = Interlocked.Exchange(ref _idle, null);
        try
        {
            if (program is not null && program.Serves(compilation, form))
            {
                program.Check(targets);
            }
            else
            {
                program?.Release();
                program = null;
                program = new SupervisedProgram(this, compilation, targets, form);
            }

            return run(program);
        }
        finally
        {
            if (program is not null)
            {
                Keep(program);
            }
        }
    }

    // Of two that come back one is kept. What was compiled away meanwhile is of no use to anybody.
    private void Keep(SupervisedProgram program)
    {
        SupervisedProgram? superfluous = ReferenceEquals(program.Compilation, _compilation)
            ? Interlocked.Exchange(ref _idle, program)
            : program;
        superfluous?.Release();
    }

    private History Train(
        Claim claim,
        string me,
        SupervisedProgram program,
        BatchSource data,
        BatchSource? validation,
        FitOptions options,
        Attempt attempt
    )
    {
        RefuseUnknownWeights(program);
        claim.Take(program.Variables.Concat(ChangingWeights), program.Optimizer).Share(Weights);
        FitOptions.AtMost(validation?.Steps, options.ValidationSteps, "validation_steps", "validation data");
        attempt.OnRefusal(program.Optimizer.EnsureBuilt(program.Variables));
        return TrainingLoop.Run(me, program, data, validation, options, attempt.Accept);
    }

    private Logs Evaluate(
        SupervisedProgram program,
        BatchSource data,
        int verbose,
        int? steps,
        IEnumerable<Callback>? callbacks,
        Attempt attempt,
        CancellationToken cancellationToken
    )
    {
        FitOptions options = new FitOptions { Verbose = verbose, Callbacks = [.. callbacks ?? []] }.Checked();
        IEnumerable<Callback> all = verbose == 0 ? options.Callbacks : options.Callbacks.Append(new ProgressBar());
        FitOptions.AtMost(data.Steps, steps, nameof(steps), "data");
        attempt.Accept();
        using var list = new CallbackList($"Evaluate of '{Name}'", all, program, new FitParameters(1, steps ?? data.Steps, verbose));
        try
        {
            return TrainingLoop.Evaluate(program, data, list, steps, cancellationToken);
        }
        catch
        {
            list.Interrupted();
            throw;
        }
    }

    private void RefuseSeveralOutputs(bool isSingle)
    {
        if (isSingle && Signature.Outputs.Count != 1)
        {
            throw new InvalidOperationException(
                $"'{Name}' has {Signature.Outputs.Count} outputs: use PredictOutputs, which returns them all."
            );
        }
    }

    private void ReleaseTraining() => Interlocked.Exchange(ref _idle, null)?.Release();

    // Keras' own words for it name the optimizer's variables; here the remedy is said, which is not a new optimizer alone.
    private void RefuseUnknownWeights(SupervisedProgram program)
    {
        if (program.Optimizer.Unknown(program.Variables) is Variable unknown)
        {
            throw new ArgumentException(
                $"'{Name}' trains the weight {unknown.Path}, which its optimizer does not know: an optimizer serves the weights that "
                    + "were trained when it made its first step. After layers were added or made trainable, "
                    + "and with an optimizer that served another model, call Compile again with a new optimizer."
            );
        }
    }
}
