using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;
using Distillation.Keras.Training;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Data that come batch by batch do what the same data do as arrays.</summary>
public sealed partial class DataSourceTests
{
    private const int Samples = 22;
    private const int Size = 4;

    private static readonly float[,] X = Make(2, i => MathF.Sin((3 * i) + 1));
    private static readonly float[,] Y = Make(1, i => MathF.Cos(2 * i));
    private static readonly float[] Weights = [.. Enumerable.Range(0, Samples).Select(i => 0.5f + i)];

    [TestCase(null)]
    [TestCase(6)]
    public void A_source_trains_and_is_evaluated_as_arrays_are(int? batches)
    {
        Model byArrays = Model();
        History expected = byArrays.Fit(X, Y, batch_size: Size, epochs: 3, verbose: 0, shuffle: false, validation_data: (X, Y, Weights));
        Model bySource = Model();
        History history = bySource.Fit(Source(batches), epochs: 3, verbose: 0, shuffle: false, validation_data: Source(batches, Weights));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(history.Names, Is.EqualTo(expected.Names));
            Assert.That(history.Names.SelectMany(n => history[n]), Is.EqualTo(expected.Names.SelectMany(n => expected[n])));
            Assert.That(Values(bySource), Is.EqualTo(Values(byArrays)));
            Assert.That(bySource.Evaluate(Source(batches)), Is.EqualTo(byArrays.Evaluate(X, Y, batch_size: Size)));
            Assert.That(
                bySource.Predict(Source(batches)).ToArray<float>(),
                Is.EqualTo(byArrays.Predict(X, batch_size: Size).ToArray<float>())
            );
        }
    }

    [Test]
    public void Weights_of_samples_and_classes_come_into_the_loss()
    {
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i % 2)];
        Model Classifier()
        {
            Utils.SetRandomSeed(3);
            var model = new Sequential(new Input(2), new Dense(2, "softmax"));
            model.Compile(new SGD(0.1), "sparse_categorical_crossentropy");
            return model;
        }

        Model byArrays = Classifier();
        byArrays.Fit(X, labels, batch_size: Size, verbose: 0, shuffle: false, class_weight: new() { [1] = 5 });
        Model bySource = Classifier();
        DataSource source = DataSource.FromBatches(_ => Starts.Select(s => new DataBatch(Rows(X, s), labels[s..End(s)])));
        bySource.Fit(source, verbose: 0, shuffle: false, class_weight: new() { [1] = 5 });
        Assert.That(Values(bySource), Is.EqualTo(Values(byArrays)));

        byArrays = Model();
        byArrays.Fit(X, Y, batch_size: Size, verbose: 0, shuffle: false, sample_weight: Weights);
        bySource = Model();
        bySource.Fit(Source(null, Weights), verbose: 0, shuffle: false);
        Assert.That(Values(bySource), Is.EqualTo(Values(byArrays)));
    }

    [Test]
    public void A_pass_has_its_number_and_a_seed_of_its_own()
    {
        var passes = new List<DataPass>();
        DataSource source = DataSource.FromBatches(pass =>
        {
            passes.Add(pass);
            return Batches(null);
        });
        Utils.SetRandomSeed(5);
        Model().Fit(source, epochs: 3, verbose: 0);

        // The first reading is for the shapes.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(passes.Select(p => p.Number), Is.EqualTo([0, 0, 1, 2]));
            Assert.That(passes.Select(p => p.Shuffle), Is.EqualTo([false, true, true, true]));
            Assert.That(passes.Skip(1).Select(p => p.Seed).Distinct().Count(), Is.EqualTo(3));
        }
    }

    [Test]
    public void Steps_of_an_epoch_go_on_with_the_next_batches()
    {
        Model byArrays = Model();
        byArrays.Fit(X, Y, batch_size: Size, epochs: 5, steps_per_epoch: 4, verbose: 0, shuffle: false);
        Model bySource = Model();
        bySource.Fit(Source(null), epochs: 5, steps_per_epoch: 4, verbose: 0, shuffle: false);
        Assert.That(Values(bySource), Is.EqualTo(Values(byArrays)));
    }

    [Test]
    public void A_fit_on_a_source_goes_on_from_its_state([Values(1, 5, 6, 7, 11, 17)] int steps)
    {
        DataSource Shuffled() =>
            DataSource.FromBatches(pass =>
            {
                int[] starts = [.. Starts];
                new Random(pass.Seed).Shuffle(starts);
                return starts.Select(s => new DataBatch(Rows(X, s), Rows(Y, s)));
            });

        double[] Run(int? interruption)
        {
            Utils.SetRandomSeed(5);
            Model model = Model(new Dropout(0.5));
            using var source = new CancellationTokenSource();
            int step = 0;
            var cancel = new LambdaCallback(
                on_train_batch_end: (_, _) =>
                {
                    if (++step == interruption)
                    {
                        source.Cancel();
                    }
                }
            );
            FitState? state = interruption is null
                ? null
                : Assert
                    .Throws<FitCanceledException>(() =>
                        model.Fit(Shuffled(), epochs: 3, verbose: 0, callbacks: [cancel], cancellationToken: source.Token)
                    )!
                    .State;
            model.Fit(Shuffled(), epochs: 3, verbose: 0, state: state);
            return Values(model);
        }

        Assert.That(Run(steps), Is.EqualTo(Run(null)));
    }

    [Test]
    public void The_samples_of_a_batch_have_the_numbers_that_the_source_gave()
    {
        var model = new Numbered();
        model.Compile(new SGD(0.1));
        long[] numbers = [5, 0, 3, 9];
        model.Fit(DataSource.FromBatches(_ => [new DataBatch(Rows(X, 0), indices: numbers)]), verbose: 0);
        Assert.That(model.Seen, Is.EqualTo([numbers]));
        model.Seen.Clear();
        model.Fit(DataSource.FromBatches(_ => [new DataBatch(Rows(X, 0))]), verbose: 0);
        Assert.That(model.Seen, Is.EqualTo(new long[]?[] { null }));
        model.Seen.Clear();
        model.Fit(X, batch_size: 11, verbose: 0, shuffle: false);
        Assert.That(model.Seen[1], Is.EqualTo(Enumerable.Range(11, 11).Select(i => (long)i)));
    }

    [Test]
    public void A_progress_line_counts_what_nobody_knows()
    {
        TextWriter before = Console.Out;
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            Model().Fit(Source(null), verbose: 2);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.That(output.ToString(), Does.StartWith("6/6 - "));
    }

    [Test]
    public void No_tensors_are_left_behind()
    {
        Model model = Model();
        Assert.That(
            LiveTensors.LeftBy(() =>
            {
                model.Fit(Source(null), epochs: 2, verbose: 0, validation_data: Source(null));
                model.Evaluate(Source(null));
                model.Predict(Source(null));
                Assert.That(() => model.Fit(Second(new float[4, 3], Rows(Y, 4)), verbose: 0), Throws.ArgumentException);
            }),
            Is.Zero
        );
    }

    private static void Refused(Action call, string because) =>
        Assert.That(() => call(), Throws.InstanceOf<ArgumentException>().With.Message.Contains(because));

    private static DataSource Second(float[,] x, float[,] y) => DataSource.FromBatches(_ => [(Rows(X, 0), Rows(Y, 0)), (x, y)]);

    private static DataSource Source(int? batches, float[]? weights = null) => DataSource.FromBatches(_ => Batches(weights), batches);

    private static IEnumerable<DataBatch> Batches(float[]? weights)
    {
        foreach (int start in Starts)
        {
            yield return new DataBatch(Rows(X, start), Rows(Y, start), weights is null ? null : (ArrayLike)weights[start..End(start)]);
        }
    }

    private static IEnumerable<int> Starts => Enumerable.Range(0, (Samples + Size - 1) / Size).Select(i => i * Size);

    private static int End(int start) => Math.Min(start + Size, Samples);

    private static float[,] Rows(float[,] all, int start)
    {
        float[,] rows = new float[End(start) - start, all.GetLength(1)];
        Array.Copy(all, start * all.GetLength(1), rows, 0, rows.Length);
        return rows;
    }

    private static float[,] Make(int width, Func<int, float> value)
    {
        float[,] numbers = new float[Samples, width];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i / width, i % width] = value(i);
        }

        return numbers;
    }

    private static Sequential Model(params Layer[] before)
    {
        var model = new Sequential([new Input(2), .. before, new Dense(1, name: "linear")], name: "linear_model");
        model
            .Weights[0]
            .Assign(
                tensor(
                    new[,]
                    {
                        { 0.5f },
                        { -0.25f },
                    }
                )
            );
        model.Compile(new SGD(0.05), "mse");
        return model;
    }

    private static double[] Values(Model model) =>
        [.. model.Weights.SelectMany(w => w.Value.detach().to(ScalarType.Float64).data<double>().ToArray())];

    /// <summary>Sees the numbers of the samples.</summary>
    private sealed class Numbered : Model
    {
        private readonly Dense _dense = new(1);

        public List<long[]?> Seen { get; } = [];

        protected internal override Tensor Forward(Tensor input, CallContext context) => _dense.Call(input, context.Training);

        protected internal override void TrainStep(Batch batch, StepContext step)
        {
            Seen.Add(batch.Indices?.data<long>().ToArray());
            Tensor loss = step.Forward(batch)[0].abs().mean();
            step.Minimize(loss);
            step.Report(batch, "loss", loss);
        }
    }
}
