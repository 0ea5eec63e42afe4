using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>
/// <c>keras.distillation</c>: what its classes are meant to compute, by our objectives; what they do compute, by Keras' loss functions on
/// what they are given; and whole steps of its <c>Distiller</c> by ours.
/// </summary>
internal sealed class KerasFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["keras.distillation.LogitsDistillation"] = Logits,
            ["keras.distillation.Distiller"] = Steps,
        };

    private static void Logits(DistillationCase one)
    {
        double t = one.Hyper("temperature");
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            using DisposeScope scope = NewDisposeScope();
            string run = type == ScalarType.Float64 ? "float64" : "float32";
            Tensor teacher = one.Array("teacher").to(type);
            Tensor Leaf() => one.Array("student").to(type).clone().requires_grad_();

            Tensor z = Leaf();
            DTypePolicy dtype = type == ScalarType.Float64 ? "float64" : "float32";
            Tensor meant = DistillationCase.Value(
                new SoftTargets(t, SoftTargetForm.KullbackLeibler),
                new ObjectiveSignals { StudentLogits = z, TeacherLogits = teacher },
                dtype
            );
            meant.backward();
            one.Close($"{run} meant", meant, one.Array("meant"), type, isGradient: false);
            one.Close($"{run} grad_meant", z.grad!, one.Array("grad_meant"), type, isGradient: true);

            Tensor s = Leaf();
            Tensor keras = AsKeras(one.HyperText("loss"), teacher, s, t);
            keras.backward();
            one.Close($"{run} expected", keras, one.Array("expected"), type, isGradient: false);
            one.Close($"{run} grad_student", s.grad!, one.Array("grad_student"), type, isGradient: true);
            if (type == ScalarType.Float32)
            {
                // Keras' own numbers are float32 on TensorFlow: two roundings apart.
                one.Check.Close("keras", keras, one.Array("keras"), 2e-5, 2e-5);
                one.Check.Close(
                    "keras_grad",
                    one.HyperText("loss") == "ce_from_logits_instance" ? AsTensorFlow(teacher, s.detach(), t) : s.grad!,
                    one.Array("keras_grad"),
                    2e-5,
                    2e-6
                );
            }
        }
    }

    // What each choice of the loss computes. A string becomes a function that sees the logits divided by T; only an instance of
    // KLDivergence gets softmax and T².
    private static Tensor AsKeras(string loss, Tensor teacher, Tensor student, double t) =>
        loss switch
        {
            "default" or "kl_string" => LossFunctions.KlDivergence(teacher / t, student / t).mean(),
            "kl_instance" => LossFunctions
                .KlDivergence(nn.functional.softmax(teacher / t, -1), nn.functional.softmax(student / t, -1))
                .mean() * (t * t),
            "ce_string" => LossFunctions.CategoricalCrossentropy(teacher / t, student / t).mean(),
            "ce_from_logits_instance" => LossFunctions.CategoricalCrossentropy(teacher / t, student / t, from_logits: true).mean(),
            string other => throw new FixtureException($"There is no loss '{other}'."),
        };

    // TensorFlow's gradient of a crossentropy from logits, softmax(z) - y, is not that of its value where targets do not sum to 1, as
    // logits do not.
    private static Tensor AsTensorFlow(Tensor teacher, Tensor student, double t) =>
        (nn.functional.softmax(student / t, -1) - (teacher / t)) / (t * student.shape[0]);

    private static void Steps(DistillationCase one)
    {
        string loss = one.HyperText("loss");
        foreach (string dtype in (string[])["float64", "float32"])
        {
            using DisposeScope scope = NewDisposeScope();
            Steps(one, loss, dtype);
        }

        if (loss == "default")
        {
            one.Check.Known(
                "Keras' default loss is the KL formula on the logits divided by T, clipped to [1e-7, 1]: reproduced with an objective of "
                    + "the suite's own; the library has none that computes it."
            );
        }
    }

    private static void Steps(DistillationCase one, string loss, string dtype)
    {
        ScalarType type = dtype == "float64" ? ScalarType.Float64 : ScalarType.Float32;
        Tensor x = one.Array("x").to(type);
        Tensor labels = one.Array("labels");
        Model teacher = Net(one, "teacher", dtype);
        double alpha = one.Hyper("student_loss_weight");
        double t = one.Hyper("T");
        Distiller distiller = new Distiller(teacher)
            .WithOptimizer(new SGD(one.Hyper("learning_rate")))
            .WithHardLossWeight(alpha)
            .WithSoftLossWeight(0);
        distiller =
            loss == "default"
                ? distiller.With(new KerasDefault(t), 1 - alpha)
                : distiller.With(new SoftTargets(t, SoftTargetForm.KullbackLeibler), 1 - alpha);
        double featureWeight = loss == "kl_and_features" ? one.Hyper("feature_weight") : 0;
        if (featureWeight != 0)
        {
            distiller = distiller.With(new FitNetsHint("hidden", "hidden", reduction: ElementReduction.Mean), (1 - alpha) * featureWeight);
        }

        // Step by step, for the losses before each update, and at once.
        Model student = Net(one, "student", dtype);
        int size = (int)one.Hyper("batch_size");
        var losses = new List<double>();
        for (int i = 0; i < (int)one.Hyper("steps"); i++)
        {
            History history = distiller
                .WithStudent(student)
                .Fit(x.narrow(0, i * size, size), labels.narrow(0, i * size, size), batch_size: size, epochs: 1, shuffle: false, verbose: 0)
                .History;
            double hard = history["hard_loss"][0];
            double soft =
                history[loss == "default" ? "keras_default" : "soft_targets"][0]
                + (featureWeight == 0 ? 0 : featureWeight * history["fitnets_hint"][0]);
            losses.AddRange([history["loss"][0], hard, soft]);
            Weights(one, student, i + 1, type);
        }

        Tensor found = tensor(losses.ToArray()).reshape(-1, 3);
        Close(one, $"{dtype} expected_losses", found, "expected_losses", type, t);
        Close(one, $"{dtype} keras_losses", found, "keras_losses", ScalarType.Float32, t);
        Model atOnce = Net(one, "student", dtype);
        distiller.WithStudent(atOnce).Fit(x, labels, batch_size: size, epochs: 1, shuffle: false, verbose: 0);
        Weights(one, atOnce, (int)one.Hyper("steps"), type);
        for (int i = 0; i < teacher.Weights.Count; i++)
        {
            one.Check.Close($"{dtype} {Names("teacher")[i]} stays", teacher.Weights[i].Value, one.Array(Names("teacher")[i]).to(type), 0);
        }
    }

    private static string[] Names(string who) =>
        [$"{who}_hidden_kernel", $"{who}_hidden_bias", $"{who}_logits_kernel", $"{who}_logits_bias"];

    private static Sequential Net(DistillationCase one, string who, string dtype)
    {
        Tensor[] weights = [.. Names(who).Select(one.Array)];
        var net = new Sequential(
            new Input(shape: (int)weights[0].shape[0], dtype: dtype),
            new Dense((int)weights[0].shape[1], "relu", name: "hidden", dtype: dtype),
            new Dense((int)weights[2].shape[1], name: "logits", dtype: dtype)
        );
        for (int i = 0; i < weights.Length; i++)
        {
            net.Weights[i].Assign(weights[i]);
        }

        return net;
    }

    private static void Weights(DistillationCase one, Model student, int step, ScalarType type)
    {
        for (int i = 0; i < student.Weights.Count; i++)
        {
            string name = $"{Names("student")[i]}_after{step}";
            one.Close($"{type} {name}", student.Weights[i].Value, one.Array(name), type, isGradient: true);

            // The real class computed in float32.
            one.Check.Close($"{type} keras_{name}", student.Weights[i].Value, one.Array("keras_" + name), 2e-5, 2e-6);
        }
    }

    private static void Close(DistillationCase one, string where, Tensor found, string name, ScalarType type, double t) =>
        one.Check.Close(
            where,
            found,
            one.Array(name),
            type == ScalarType.Float64 ? 1e-9 : 1e-5,
            type == ScalarType.Float64 ? 0 : 1e-7 * t * t
        );

    // What Keras 3.15.1 computes where the loss is left out, so that the difference can be shown on the same run.
    private sealed class KerasDefault(double temperature) : DistillationObjective("keras_default")
    {
        protected override Tensor Compute(ObjectiveSignals signals) =>
            LossFunctions.KlDivergence(signals.TeacherLogits / temperature, signals.StudentLogits / temperature);
    }
}
