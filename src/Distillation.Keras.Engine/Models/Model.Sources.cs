using Distillation.Keras.Backend;
using Distillation.Keras.Callbacks;
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

    // How many samples there will be is known at the end only.
    private NDArray[] PredictSource(DataSource source, int verbose)
    {
        using DisposeScope scope = NewDisposeScope();
        using var attempt = new Attempt();
        using ProgressBar? progress = verbose == 0 ? null : ProgressBar.OfSteps(verbose);
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
                progress?.BeginSteps(this, source.Batches);
            }

            Tensor[] inputs = StreamBatches.InPlace(step, this, () => DataChecks.Inputs(this, batch.X));
            Tensor[] outputs = PredictTensors(inputs, (int)inputs[0].shape[0]);
            parts ??= Array.ConvertAll(outputs, _ => new List<Tensor>());
            for (int i = 0; i < outputs.Length; i++)
            {
                parts[i].Add(outputs[i].MoveToOuterDisposeScope());
            }

            progress?.EndStep(step++);
        }

        progress?.EndSteps();
        NDArray[] all = Array.ConvertAll(parts!, p => TensorConversion.ToNDArray(cat(p)));
        attempt.Accept();
        return all;
    }
}
