using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>What <c>Fit</c>, <c>Evaluate</c> and <c>Predict</c> run.</content>
public partial class Model
{
    // Programs are kept between calls: metrics and trackers are made once for targets of one form.
    private SupervisedProgram? _program;
    private string? _programKey;
    private SupervisedProgram? _running;

    /// <summary>The outputs for tensors that fit, in the dispose scope that is open.</summary>
    internal Tensor[] PredictTensors(Tensor[] inputs, int batchSize)
    {
        using IDisposable noGrad = no_grad();
        using BatchSource data = new(Array.ConvertAll(inputs, t => t.alias()), [], null, batchSize);
        using var context = new CallContext(training: false);
        Tensor[]? results = null;
        for (int step = 0; step < data.Steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Batch batch = data.Get(step);
            IReadOnlyList<Tensor> outputs = Invoke(batch.X, context);
            for (int i = 0; i < outputs.Count; i++)
            {
                if (outputs[i].dim() == 0 || outputs[i].size(0) != batch.Size)
                {
                    throw new InvalidOperationException(
                        $"A model has one row of output for each sample, but the output '{OutputNames[i]}' of '{Name}' has the shape {Shape.FromSizes(outputs[i].shape)} for a batch of {batch.Size}. Look at the layers of one's own before it.");
                }
            }

            results ??= [.. outputs.Select(o => empty([data.Samples, .. o.shape[1..]], o.dtype).MoveToOuterDisposeScope())];
            for (int i = 0; i < results.Length; i++)
            {
                results[i].narrow(0, batch.Start, batch.Size).copy_(outputs[i]);
            }
        }

        return results!;
    }

    /// <summary>Makes the weights for data, if they are not there, when the data are found to be fit for any model.</summary>
    /// <returns>What takes them away again, if the call is refused.</returns>
    internal Action? EnsureBuiltFor(ArrayLike x) => Built ? null : EnsureBuilt(DataChecks.ShapesOf(x));

    private Logs OnBatch(ArrayLike x, Func<SampleSet> samples, Action<SupervisedProgram, Batch> step)
    {
        _ = Compiled;
        using DisposeScope scope = NewDisposeScope();
        using Attempt attempt = new Attempt().OnRefusal(EnsureBuiltFor(x));
        SampleSet set = samples();
        SupervisedProgram program = Program(set.Y);
        attempt.Accept();
        program.Reset();
        using BatchSource data = set.Batches((int)set.X[0].shape[0]);
        step(program, data.Get(0));
        return program.ReadLogs();
    }

    // Metrics depend on the form of the targets and outputs, and the trained weights on the layers' flags.
    private SupervisedProgram Program(Tensor[] targets)
    {
        string key = string.Join(";", targets.Select(t => Shape.FromSizes(t.shape).With(0, null))) + "|" + string.Join(";", Outputs.Select(o => $"{o.Name}{o.Shape}"));
        if (_program is null || _programKey != key || !_program.Variables.SequenceEqual(TrainableWeights))
        {
            ReleaseTraining();
            _program = new SupervisedProgram(this, Compiled, targets);
            _programKey = key;
        }
        else
        {
            _program.Check(targets);
        }

        return _program;
    }

    private void ReleaseTraining()
    {
        // A callback may compile or evaluate within a fit, whose own numbers are freed when it ends.
        if (!ReferenceEquals(_program, _running))
        {
            _program?.Release();
        }

        _program = null;
    }

    private T Running<T>(SupervisedProgram program, Func<T> run)
    {
        SupervisedProgram? outer = _running;
        _running = program;
        try
        {
            return run();
        }
        finally
        {
            _running = outer;
            if (!ReferenceEquals(_program, program))
            {
                program.Release();
            }
        }
    }
}
