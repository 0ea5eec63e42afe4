using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Soak.Collector;

/// <summary>Short runs that go through the parts whose calls take numbers: optimizers, losses, metrics, activations, objectives.</summary>
internal static class Jobs
{
    private const int Width = 6;
    private const int Classes = 4;

    private static readonly float[,] X = Inputs(40);
    private static readonly int[] Y =
    [
        .. Enumerable.Range(0, X.GetLength(0)).Select(i => Enumerable.Range(0, Classes).MaxBy(c => X[i, c])),
    ];

    // Made before anything else runs, and the same for all.
    private static readonly Lazy<Sequential> Teacher = new(() => Fitted(new Adam(0.01), Network(12, "relu")));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Job> All { get; } =
    [
        .. Optimizers().Select(o => new Job($"fit with {o.Name}", () => Values(Fitted(o.New(), Network(8, "relu"))))),
        .. Losses()
            .Select(loss => new Job($"fit with {loss}", () => Values(Fitted(new SGD(0.1, momentum: 0.9), Network(8, "tanh"), loss)))),
        .. Objectives().Select(o => new Job($"distil with {o.Name}", () => Distilled(o.New()))),
        .. Activations().Select(a => new Job($"predict with {a}", () => Predicted(a))),
        new Job("evaluate", Evaluated),
    ];

    private static string[] Activations() =>
        [
            "relu",
            "relu6",
            "gelu",
            "leaky_relu",
            "selu",
            "elu",
            "celu",
            "softplus",
            "mish",
            "hard_tanh",
            "sparse_sigmoid",
            "sparsemax",
            "squareplus",
            "softsign",
            "hard_shrink",
            "soft_shrink",
        ];

    private static (string Name, Func<Optimizer> New)[] Optimizers() =>
        [
            ("Adam", () => new Adam(0.01)),
            ("Adam, norms clipped", () => new Adam(0.01, clipnorm: 0.5)),
            ("AdamW, all norms clipped", () => new AdamW(0.01, global_clipnorm: 0.5)),
            ("SGD, values clipped", () => new SGD(0.1, momentum: 0.9, nesterov: true, clipvalue: 0.1)),
            ("RMSprop", () => new RMSprop(0.01, momentum: 0.5, centered: true)),
            ("Adadelta", () => new Adadelta(1.0)),
            ("Adagrad", () => new Adagrad(0.1)),
            ("Adamax", () => new Adamax(0.01)),
            ("Nadam", () => new Nadam(0.01)),
            ("Lamb", () => new Lamb(0.01)),
            ("Lion", () => new Lion(0.01)),
            ("gradients accumulated", () => new Adam(0.01, gradient_accumulation_steps: 2, use_ema: true)),
        ];

    private static string[] Losses() =>
        [
            "categorical_crossentropy",
            "categorical_focal_crossentropy",
            "binary_crossentropy",
            "kl_divergence",
            "huber",
            "log_cosh",
            "squared_hinge",
            "dice",
            "tversky",
        ];

    private static (string Name, Func<DistillationObjective> New)[] Objectives() =>
        [
            ("soft targets", () => new SoftTargets()),
            ("RKD", () => new RelationalKnowledgeDistillation("hidden", "hidden")),
            ("DKD", () => new DecoupledKnowledgeDistillation()),
            ("CRD", () => new ContrastiveRepresentationDistillation("hidden", "hidden", embeddingSize: 8, negativesPerAnchor: 8)),
            ("hints", () => new FitNetsHint("hidden", "hidden")),
            ("DIST", () => new DistRelations()),
            ("logit standardisation", () => new LogitStandardization()),
            ("probabilistic transfer", () => new ProbabilisticKnowledgeTransfer("hidden", "hidden")),
        ];

    private static float[,] Inputs(int samples)
    {
        var random = new Random(1);
        float[,] x = new float[samples, Width];
        for (int i = 0; i < x.Length; i++)
        {
            x[i / Width, i % Width] = (float)((random.NextDouble() * 2) - 1);
        }

        return x;
    }

    private static Sequential Network(int hidden, string activation)
    {
        Utils.SetRandomSeed(3);
        return new Sequential(
            new Input(Width),
            new Dense(hidden, activation, kernel_regularizer: "l1l2", kernel_constraint: "max_norm", name: "hidden"),
            new BatchNormalization(),
            new Dropout(0.2),
            new Dense(Classes, "softmax", name: "probabilities")
        );
    }

    private static Sequential Fitted(Optimizer optimizer, Sequential model, string loss = "categorical_crossentropy")
    {
        model.Compile(optimizer, loss, ["accuracy"]);
        using NDArray y = Utils.ToCategorical(Y, Classes);
        model.Fit(X, y, batch_size: 10, epochs: 2, verbose: 0);
        return model;
    }

    private static double[] Distilled(DistillationObjective objective)
    {
        Sequential teacher = Teacher.Value;
        Sequential student = Network(6, "relu");
        new Distiller(teacher).WithStudent(student).With(objective).WithSeed(5).Fit(X, Y, batch_size: 10, epochs: 2, verbose: 0);
        return Values(student);
    }

    private static double[] Predicted(string activation)
    {
        using NDArray result = Network(8, activation).Predict(X);
        return [.. result.ToArray<float>().Select(v => (double)v)];
    }

    private static double[] Evaluated()
    {
        Sequential model = Network(8, "relu");
        model.Compile(
            "adam",
            "categorical_crossentropy",
            [new CategoricalAccuracy(), new AUC(num_thresholds: 20), new Precision(), new TopKCategoricalAccuracy(2)]
        );
        using NDArray y = Utils.ToCategorical(Y, Classes);
        return [.. model.Evaluate(X, y, batch_size: 10, verbose: 0).Values];
    }

    private static double[] Values(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] values = [.. model.Weights.SelectMany(w => w.Value.detach().to(ScalarType.Float64).data<double>())];
        model.Release();
        return values;
    }
}
