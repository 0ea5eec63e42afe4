using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Schedules;
using MnistDistillation;

namespace Distillation.Keras.Cultures.Tests;

/// <summary>What the library writes, of every kind, as lines; each call makes everything anew.</summary>
internal static partial class Texts
{
    private static readonly float[,] X = Numbers(12, 4);
    private static readonly int[] Y = [.. Enumerable.Range(0, 12).Select(i => i % 3)];

    public static IReadOnlyDictionary<string, Func<string[]>> All { get; } =
        new Dictionary<string, Func<string[]>>
        {
            ["configurations"] = () => [Images().ToJson(), .. Objects().Select(o => KerasSerializer.Serialize(o).ToJsonString())],
            ["configurations that were read"] = () =>
                [Keras.Model.FromJson(Images().ToJson()).ToJson(), .. Objects().Select(o => Again(o).ToJsonString())],
            ["weights and predictions of a model that was read"] = Predictions,
            ["summaries"] = () => Printed(() => Images().Summary()),
            ["progress lines"] = () => Printed(() => Fit(verbose: 1)),
            ["lines of epochs"] = () => Printed(() => Fit(verbose: 2)),
            ["CSV logs"] = CsvLog,
            ["reports"] = Reports,
            ["objects as texts"] = () => [.. Shown().Select(o => o.ToString()!)],
            ["names"] = Names,
            ["messages of constructors"] = () => [.. ConstructorMessages.All()],
            ["messages of fits"] = () => [.. Refusals().Select(Message)],
            ["command lines"] = CommandLines,
        };

    private static float[,] Numbers(int rows, int columns)
    {
        float[,] x = new float[rows, columns];
        for (int i = 0; i < x.Length; i++)
        {
            x[i / columns, i % columns] = MathF.Sin(i + 1);
        }

        return x;
    }

    private static Sequential Images() =>
        new(
            [
                new Input(shape: (28, 28, 1), name: "images"),
                new Rescaling(1.0 / 255, offset: -0.5, name: "scaled"),
                new Conv2D(
                    40,
                    (3, 3),
                    strides: (2, 2),
                    kernel_regularizer: new L1L2(0.01, 0.025),
                    kernel_initializer: new RandomNormal(-0.5, 0.05, seed: 3),
                    name: "conv"
                ),
                new BatchNormalization(momentum: 0.95, epsilon: 1e-5, name: "normal"),
                new ReLU(max_value: 6.5, negative_slope: 0.3, name: "leaky"),
                new Dropout(0.25, seed: 1, name: "drop"),
                new Reshape((-1, 8), name: "reshaped"),
                new Flatten(name: "flat"),
                new Dense(130, "relu", kernel_constraint: new MaxNorm(2.5), name: "hidden"),
                new Dense(10, "softmax", name: "classes"),
            ],
            name: "images"
        );

    private static Sequential Small()
    {
        Utils.SetRandomSeed(1);
        var model = new Sequential(
            [
                new Input(shape: 4, name: "in"),
                new Dense(5, "relu", kernel_initializer: new GlorotUniform(seed: 1), name: "hidden"),
                new Dense(3, "softmax", kernel_initializer: new GlorotUniform(seed: 2), name: "out"),
            ],
            name: "small"
        );
        model.Compile(new Adam(0.01), loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        return model;
    }

    private static IEnumerable<KerasObject> Objects() =>
        [
            new SGD(new Optimizers.Schedules.ExponentialDecay(0.5, 1000, 0.96)),
            new Adam(0.0015, epsilon: 1e-8, clipnorm: 1.5),
            new Adadelta(1.25),
            new RMSprop(0.005, rho: 0.85),
            new AdamW(0.001, weight_decay: 0.05),
            new Optimizers.Schedules.CosineDecay(0.1, 100, alpha: 0.25),
            new Optimizers.Schedules.PiecewiseConstantDecay([100, 200], [0.5, 0.25, 0.125]),
            new Huber(0.5),
            new Losses.BinaryCrossentropy(label_smoothing: 0.1),
            new Tversky(0.3, 0.7),
            new KnowledgeDistillationLoss(2.5, 0.25, 0.75),
            new TopKCategoricalAccuracy(3),
            new BinaryAccuracy(threshold: 0.75),
            new Precision(thresholds: new[] { 0.25, 0.5 }),
            new VarianceScaling(1.5, seed: 4),
            new TruncatedNormal(-0.25, 0.75),
            new MinMaxNorm(0.5, 1.5, 0.75),
            new L1(0.015),
        ];

    private static JsonObject Again(KerasObject value)
    {
        JsonNode json = JsonNode.Parse(KerasSerializer.Serialize(value).ToJsonString())!;
        return KerasSerializer.Serialize(
            value switch
            {
                Optimizer => KerasSerializer.Deserialize<Optimizer>(json),
                LearningRateSchedule => KerasSerializer.Deserialize<LearningRateSchedule>(json),
                Loss => KerasSerializer.Deserialize<Loss>(json),
                Metric => KerasSerializer.Deserialize<Metric>(json),
                Initializer => KerasSerializer.Deserialize<Initializer>(json),
                Constraint => KerasSerializer.Deserialize<Constraint>(json),
                _ => KerasSerializer.Deserialize<Regularizer>(json),
            }
        );
    }

    private static string[] Predictions()
    {
        Utils.SetRandomSeed(1);
        Keras.Model model = Keras.Model.FromJson(Small().ToJson());
        using NumSharp.NDArray p = model.Predict(X);
        return [.. p.ToArray<float>().Select(v => v.ToString("R", CultureInfo.InvariantCulture))];
    }

    private static string[] Printed(Action action)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        TextWriter before = Console.Out;
        Console.SetOut(text);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(before);
        }

        // The times are other ones each time, but of this form in every culture.
        string[] lines = Times().Replace(text.ToString(), "TIME").Split('\n');
        Assert.That(lines, Has.Length.GreaterThan(1));
        return lines;
    }

    [GeneratedRegex(@"(?<=- )[0-9:]+s?(?= - )|\b[0-9]+(s|ms|us)(?=/step)|(?<= )[0-9:]+s?(?= TIME/step)")]
    private static partial Regex Times();

    private static void Fit(int verbose)
    {
        Keras.Model model = Small();
        model.Fit(
            X,
            Y,
            batch_size: 5,
            epochs: 2,
            verbose: verbose,
            validation_split: 0.25,
            callbacks:
            [
                new ReduceLROnPlateau("loss", 0.5, patience: 0, verbose: 1, min_delta: 10),
                new EarlyStopping("loss", patience: 9, verbose: 1),
            ]
        );
        model.Evaluate(X, Y, verbose: verbose);
    }

    private static string[] CsvLog()
    {
        string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".csv");
        try
        {
            Small().Fit(X, Y, epochs: 2, verbose: 0, callbacks: [new CSVLogger(file)]);
            Small().Fit(X, Y, epochs: 1, verbose: 0, callbacks: [new CSVLogger(file, append: true)]);
            return File.ReadAllLines(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Reports()
    {
        Sequential teacher = Small();
        DistillationResult result = new Distiller(teacher)
            .WithStudent(Small())
            .WithSeed(1)
            .WithTemperature(2.5)
            .Fit(X, Y, epochs: 2, verbose: 0);
        double[,] logits =
        {
            { -1.5, 0.5, 2.5 },
            { 0.25, -0.75, 0 },
            { 3, 1, -2 },
        };
        string[] timed = Regex.Replace(result.Evaluate(X, Y).ToString(), @"\d+\.\d{3}(?=( |$|\n))", "TIME").Split('\n');
        return
        [
            .. timed,
            .. result.History.Names.SelectMany(n => result.History[n].Select(v => n + " " + v.ToString("R", CultureInfo.InvariantCulture))),
            Agreement.FromLogits(logits, logits).ToString(),
            Calibration.FromLogits(logits, new[] { 0, 1, 2 }).ToString(),
            McNemarTest.FromPredictions(new[] { 0, 1, 1 }, new[] { 1, 1, 0 }, new[] { 0, 1, 0 }).ToString(),
        ];
    }

    private static IEnumerable<object> Shown() =>
        [
            new Shape([null, 28, 1]),
            new Schedules.ConstantSchedule(2.5),
            new Schedules.LinearSchedule(0.5, 1.5),
            new Schedules.CosineSchedule(0.25, 1.25),
            new Schedules.StepSchedule(4.5, 0.5, 2),
            new Schedules.PiecewiseSchedule([1.5, 2.5], [0.25, 0.5, 0.75]),
            new WarmUpSchedule(1.5, new Schedules.ConstantSchedule(0.5)),
            new LearntTemperature(),
            new PerSampleSchedule(TeacherUncertainty.Entropy, 0.25, 4.5),
            new Reshape((-1, 4)).TargetShape,
        ];

    private static string[] Names()
    {
        IEnumerable<Type> types = new[] { typeof(Layer), typeof(Loss), typeof(Metric), typeof(Optimizer) }.SelectMany(b =>
            b.Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(b) && !t.IsAbstract)
        );
        string[] known =
        [
            "IDENTITY",
            "INPUT",
            "mean_squared_error",
            "MeanSquaredError",
            "KLDivergence",
            "Poisson",
            "BinaryIoU",
            "Lion",
            "lion",
            "SGD",
            "sparse_categorical_crossentropy",
        ];
        return
        [
            new IdentityImage().Name,
            .. types
                .OrderBy(t => t.FullName, StringComparer.Ordinal)
                .Select(t => ConstructorMessages.Outcome(() => ConstructorMessages.Make(t))),
            .. known.Select(n => ConstructorMessages.Outcome(() => Loss.Get(n))),
            .. known.Select(n => ConstructorMessages.Outcome(() => Metric.Get(n))),
            .. known.Select(n => ConstructorMessages.Outcome(() => ActivationFunction.Get(n))),
        ];
    }

    private static IEnumerable<Action> Refusals()
    {
        Sequential model = Small();
        var distiller = new Distiller(model);
        yield return () => model.Fit(X, Y, validation_split: 1.5);
        yield return () => model.Fit(X, Y, validation_split: -0.25);
        yield return () => model.Fit(X, Y, class_weight: new Dictionary<int, double> { [-1] = 0.5 });
        yield return () => model.Fit(X, Y, class_weight: new Dictionary<int, double> { [1] = -0.5 });
        yield return () => model.Fit(X, Y, epochs: -3);
        yield return () => model.Fit(X, Y, batch_size: -3);
        yield return () => model.Fit(X, Enumerable.Range(-7, 12).ToArray());
        yield return () => model.Fit(X, Enumerable.Repeat(0.5f, 12).ToArray());
        yield return () =>
            model.Fit(
                new[,]
                {
                    { float.NaN, 0.5f, 1, 1 },
                },
                new[] { 1 }
            );
        yield return () => model.Fit(Numbers(12, 5), Y);
        yield return () => model.Fit(X, Y[..5]);
        yield return () => model.Fit(X, Y, sample_weight: new float[5]);
        yield return () => model.Fit(X, Y, verbose: -3);
        yield return () => Utils.ToCategorical(new[] { -7, 1 });
        yield return () => Utils.ToCategorical(new[] { 1, 7 }, 3);
        yield return () => Utils.ToCategorical(new[] { 0.5 });
        yield return () => distiller.WithTemperature(-0.5);
        yield return () => distiller.WithHardLossWeight(-0.5);
        yield return () => distiller.WithSoftLossWeight(double.NaN);
        yield return () => distiller.WithSoftShare(1.5);
        yield return () => distiller.WithTemperature(new Schedules.LinearSchedule(1.5, -0.5)).Fit(X, Y, verbose: 0);
        yield return () => distiller.Fit(X, Enumerable.Range(-7, 12).ToArray(), verbose: 0);
        yield return () => distiller.Fit(X, Y, batch_size: -3, verbose: 0);
        yield return () =>
            Agreement.FromLogits(
                new[,]
                {
                    { 0.5, double.NaN },
                },
                new[,]
                {
                    { 0.5, 1 },
                }
            );
        yield return () =>
            Agreement.FromProbabilities(
                new[,]
                {
                    { 0.5, 1.25 },
                },
                new[,]
                {
                    { 0.5, 0.5 },
                }
            );
        yield return () =>
            _ = Keras.Model.FromJson(Small().ToJson().Replace("\"units\":5", "\"units\":-5.5", StringComparison.Ordinal)).Name;
        yield return () => _ = Keras.Model.FromJson(Images().ToJson().Replace("0.25", "\"0,25\"", StringComparison.Ordinal)).Name;
    }

    private static string[] CommandLines()
    {
        string[] lines =
        [
            "--temperature 2.5 --hard-weight 1.5",
            "--temperature 2,5",
            "--temperature -2.5",
            "--epochs 1.000",
            "--seed -1",
            "--help",
        ];
        return
        [
            .. lines.Select(line =>
            {
                using var output = new StringWriter(CultureInfo.InvariantCulture);
                using var errors = new StringWriter(CultureInfo.InvariantCulture);
                // Cancelled: a line that a culture accepts by mistake is not to train for minutes.
                int code = MnistProgram.Run(line.Split(' '), output, errors, new CancellationToken(true));
                return FormattableString.Invariant($"{code} {output} {errors}");
            }),
        ];
    }

    private static string Message(Action action) =>
        ConstructorMessages.Outcome(() =>
        {
            action();
            return "accepted";
        });

    // Its automatic name begins with an i: a dotless one where lower case is Turkish.
    private sealed class IdentityImage() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override TorchSharp.torch.Tensor Forward(TorchSharp.torch.Tensor input, CallContext context) => input.alias();
    }
}
