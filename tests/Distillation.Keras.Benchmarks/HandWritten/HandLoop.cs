using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.HandWritten;

/// <summary>The obvious loop: shuffle, take a batch, forward, backward, step; sums are tensors that are read at the end.</summary>
internal sealed class HandLoop(HandClassifier model, optim.Optimizer optimizer, DigitTensors data, Tensor? teacherLogits = null)
    : IDisposable
{
    /// <summary>The weights and the temperature of a distillation.</summary>
    public const double HardWeight = 0.1,
        SoftWeight = 0.9,
        Temperature = 4;

    private readonly Tensor? _teacherClasses = teacherLogits?.argmax(1).DetachFromDisposeScope();

    private long _steps;

    /// <summary>Frees the teacher's classes. Model and optimizer stay their owners'.</summary>
    public void Dispose() => _teacherClasses?.Dispose();

    /// <summary>Trains, and reads the mean of each sum.</summary>
    public double[] Run(int steps, bool shuffle)
    {
        using DisposeScope scope = NewDisposeScope();
        model.train();
        int perPass = (int)((data.Samples + DigitTensors.BatchSize - 1) / DigitTensors.BatchSize);
        Tensor[] sums = [.. Enumerable.Range(0, teacherLogits is null ? 2 : 5).Select(_ => zeros(1))];
        Tensor order = arange(data.Samples);
        long count = 0;
        for (int step = 0; step < steps; step++)
        {
            if (step % perPass == 0 && shuffle)
            {
                order = randperm(data.Samples);
            }

            using DisposeScope inner = NewDisposeScope();
            long start = (long)(step % perPass) * DigitTensors.BatchSize;
            long size = Math.Min(DigitTensors.BatchSize, data.Samples - start);
            Tensor rows = order.narrow(0, start, size);
            Step(rows, size, sums);
            count += size;
        }

        return [.. sums.Select(s => s.item<float>() / (double)count)];
    }

    private void Step(Tensor rows, long size, Tensor[] sums)
    {
        Tensor x = data.ChannelsFirst.index_select(0, rows);
        Tensor labels = data.Labels.index_select(0, rows);
        optimizer.zero_grad();
        Tensor z = model.forward(x);
        Tensor loss = nn.functional.cross_entropy(z, labels);
        Tensor? hard = null,
            soft = null;
        if (teacherLogits is not null)
        {
            hard = loss;
            Tensor targets = nn.functional.softmax(teacherLogits.index_select(0, rows) / Temperature, 1);
            soft = nn.functional.cross_entropy(z / Temperature, targets) * (Temperature * Temperature);
            loss = (HardWeight * hard) + (SoftWeight * soft);
        }

        loss.backward();
        _steps++;
        if (optimizer is Adam adam)
        {
            KerasAdam.SetEpsilon(adam, _steps);
        }

        optimizer.step();
        model.Constrain();
        using IDisposable noGrad = no_grad();
        Tensor classes = z.argmax(1);
        sums[0].add_(loss * size);
        sums[1].add_(classes.eq(labels).sum());
        if (teacherLogits is not null)
        {
            sums[2].add_(hard! * size);
            sums[3].add_(soft! * size);
            sums[4].add_(classes.eq(_teacherClasses!.index_select(0, rows)).sum());
        }
    }
}
