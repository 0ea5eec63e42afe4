using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Data that come batch by batch.</content>
public partial class Model
{
    // Of a source the first batch, for what depends on shapes.
    private SampleSet Samples(
        ArrayLike x,
        ArrayLike? y,
        ArrayLike? sampleWeight,
        IReadOnlyDictionary<int, double>? classWeight,
        Attempt attempt
    )
    {
        if (x.Source is not DataSource source)
        {
            attempt.OnRefusal(EnsureBuiltFor(x));
            return SampleSet.Of(this, x, y, sampleWeight, classWeight);
        }

        StreamBatches.RefuseBeside(x, (y, nameof(y)), (sampleWeight, "sample_weight"));
        DataBatch batch = StreamBatches.First(source);
        attempt.OnRefusal(EnsureBuiltFor(batch.X));
        return SampleSet.Of(this, batch.X, batch.Y, batch.SampleWeight, classWeight);
    }

    private BatchSource Batches(
        ArrayLike? x,
        SampleSet set,
        IReadOnlyDictionary<int, double>? classWeight,
        int size,
        SupervisedProgram program
    ) => x?.Source is DataSource source ? new SupervisedStream(this, source, classWeight, program, set.Y) : set.Batches(size);

    private NDArray[] PredictArrays(
        ArrayLike x,
        int? batch_size,
        int verbose,
        IEnumerable<Callback>? callbacks,
        Device? device,
        bool isSingle
    ) =>
        HasGraph && Outputs.FirstOrDefault(o => o.DType == StringTensors.Name) is KerasTensor text
            ? throw new InvalidOperationException(
                $"The output '{text.Name}' of '{Name}' gives strings, which no NDArray holds. Call PredictStrings, on a model of this "
                    + "output."
            )
            : Predict(
                x,
                batch_size,
                verbose,
                callbacks,
                device,
                isSingle,
                outputs => Array.ConvertAll(outputs, TensorConversion.ToNDArray)
            );

    private T Predict<T>(
        ArrayLike x,
        int? batch_size,
        int verbose,
        IEnumerable<Callback>? callbacks,
        Device? device,
        bool isSingle,
        Func<Tensor[], T> convert
    )
    {
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        FitOptions.CheckVerbose(verbose);
        StreamBatches.RefuseBeside(x, (batch_size, nameof(batch_size)));
        using var attempt = new Attempt();
        MoveTo(device, attempt);
        using DisposeScope scope = NewDisposeScope();
        using var watch = new PredictionWatch(this, verbose, callbacks);
        Tensor[] outputs;
        if (x.Source is DataSource source)
        {
            outputs = PredictSource(source, attempt, watch, isSingle);
        }
        else
        {
            attempt.OnRefusal(EnsureBuiltFor(x));
            RefuseSeveralOutputs(isSingle);
            outputs = PredictTensors(DataChecks.Inputs(this, x), batch_size ?? 32, watch);
        }

        T result = convert(outputs);
        attempt.Accept();
        return result;
    }

    private static IEnumerable<Layer> WithInner(Layer layer) => layer.Sublayers.SelectMany(WithInner).Prepend(layer);

    // How many samples there will be is known at the end only.
    private Tensor[] PredictSource(DataSource source, Attempt attempt, PredictionWatch watch, bool isSingle)
    {
        List<Tensor>[]? parts = null;
        int step = 0;
        using IEnumerator<DataBatch> batches = StreamBatches.Pass(source, new DataPass(0)).GetEnumerator();
        while (true)
        {
            // What the source makes of a batch goes with it.
            using DisposeScope own = NewDisposeScope();
            if (!batches.MoveNext())
            {
                break;
            }

            DataBatch batch = batches.Current;
            if (step == 0)
            {
                attempt.OnRefusal(EnsureBuiltFor(batch.X));
                RefuseSeveralOutputs(isSingle);
                watch.Begin(source.Batches);
            }

            watch.BeginStep(step);
            Tensor[] inputs = StreamBatches.InPlace(step, this, () => DataChecks.Inputs(this, batch.X));
            Tensor[] outputs = PredictTensors(inputs, (int)inputs[0].shape[0]);
            parts ??= Array.ConvertAll(outputs, _ => new List<Tensor>());
            for (int i = 0; i < outputs.Length; i++)
            {
                if (parts[i].Count > 0 && OtherRows(i, outputs[i], parts[i][0]) is string other)
                {
                    throw new ArgumentException(
                        Invariant($"Batch {step} of the source, from 0, cannot be joined with the others: {other} Call Predict for each.")
                    );
                }

                parts[i].Add(outputs[i].MoveToOuterDisposeScope());
            }

            watch.EndStep(step);
            step++;
        }

        watch.End();
        return Array.ConvertAll(parts!, p => cat(p));
    }
}
