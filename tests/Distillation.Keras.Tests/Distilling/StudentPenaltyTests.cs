using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>What the layers of a student add to the loss of its distillation: <c>activity_regularizer</c>, and adapted kernels.</summary>
public sealed class StudentPenaltyTests
{
    private const int Samples = 24;

    private static readonly float[,] X = Toy.X(Samples);

    private static readonly Regularizer Penalty = new L2(0.5);

    private static IEnumerable<TestCaseData> Students()
    {
        static TestCaseData Case(string name, Func<Regularizer?, Layer[]> layers, string penalised) =>
            new TestCaseData(layers, penalised).SetArgDisplayNames(name);

        yield return Case(
            "a hidden layer",
            r => [new Dense(5, "relu", name: "hidden", activity_regularizer: r), Toy.Dense(Toy.Classes, 2, "softmax")],
            "hidden"
        );
        yield return Case(
            "a softmax in the last layer",
            r => [new Dense(Toy.Classes, "softmax", name: "last", activity_regularizer: r)],
            "last"
        );
        yield return Case(
            "sigmoids in the last layer",
            r => [new Dense(Toy.Classes, "sigmoid", name: "last", activity_regularizer: r)],
            "last"
        );
        yield return Case(
            "a layer of its own for the softmax",
            r => [Toy.Dense(Toy.Classes, 2), new Softmax(name: "probabilities") { ActivityRegularizer = r }],
            "probabilities"
        );
        yield return Case("logits", r => [new Dense(Toy.Classes, name: "logits", activity_regularizer: r)], "logits");
        yield return Case(
            "a softmax in a model within",
            r => [new Sequential(new Input(shape: Toy.Width), new Dense(Toy.Classes, "softmax", name: "last", activity_regularizer: r))],
            "last"
        );
    }

    [TestCaseSource(nameof(Students))]
    public void It_is_added_as_in_a_training_without_a_teacher(Func<Regularizer?, Layer[]> layers, string penalised)
    {
        using DisposeScope scope = NewDisposeScope();
        var plain = new Sequential([new Input(shape: Toy.Width), .. layers(null)]);
        var student = new Sequential([new Input(shape: Toy.Width), .. layers(Penalty)]);
        student.SetWeights(plain.GetWeights());
        Model teacher = student.Layers[^1] is Dense { Activation.Name: "sigmoid" } ? Toy.Mlp(activation: "sigmoid") : Toy.Mlp();
        Tensor output = Found(student, penalised) is (Model within, Layer layer)
            ? new Model(within.Inputs.ToArray(), layer.Output).Call(tensor(X))
            : throw new AssertionException(penalised);
        double expected = 0.5 * output.square().sum().item<float>() / Samples;

        double without = Loss(teacher, plain);
        Assert.That(expected, Is.GreaterThan(0.01));
        Assert.That(Loss(teacher, student) - without, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void A_feature_before_the_activation_leaves_the_penalty_on_what_comes_behind()
    {
        using DisposeScope scope = NewDisposeScope();
        static Sequential Student(Regularizer? r) =>
            new(
                new Input(shape: Toy.Width),
                new Dense(8, "relu", name: "hidden", activity_regularizer: r),
                Toy.Dense(Toy.Classes, 2, "softmax")
            );
        Sequential plain = Student(null);
        Sequential student = Student(Penalty);
        student.SetWeights(plain.GetWeights());
        Sequential teacher = Toy.Mlp();
        var hint = new FitNetsHint(LayerReference.BeforeActivation(teacher.Layers[0].Name), LayerReference.BeforeActivation("hidden"));
        double expected = 0.5 * plain.Layers[0].Call(tensor(X)).square().sum().item<float>() / Samples;
        double without = Loss(teacher, plain, hint);
        Assert.That(Loss(teacher, student, hint) - without, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Its_gradient_trains_the_student()
    {
        Sequential student = Toy.Mlp(seed: 3);
        student.Layers[0].ActivityRegularizer = new L1(100.0);
        new Distiller(Toy.Mlp()).WithStudent(student).WithOptimizer(new SGD(0.001)).Fit(X, epochs: 30, verbose: 0);
        using DisposeScope scope = NewDisposeScope();
        Assert.That(student.Layers[0].Call(tensor(X)).sum().item<float>(), Is.LessThan(1));
    }

    [Test]
    public void An_adapted_student_keeps_its_kernels()
    {
        Sequential student = Toy.Mlp(seed: 3);
        ((Dense)student.Layers[0]).EnableLora(2);
        ((Dense)student.Layers[^1]).EnableLora(2);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] before = [.. student.Weights.Select(w => w.Value.detach().clone())];
        new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, epochs: 3, verbose: 0);
        for (int i = 0; i < before.Length; i++)
        {
            bool isSame = before[i].equal(student.Weights[i].Value).all().item<bool>();
            Assert.That(isSame, Is.EqualTo(student.Weights[i].Name == "kernel"), student.Weights[i].Path);
        }

        Tensor p = student.Call(tensor(X));
        Tests.Near.Assert("softmax of what PopSoftmax gives", student.PopSoftmax().Call(tensor(X)).softmax(-1), p, 1e-5);
    }

    private static double Loss(Model teacher, Sequential student, DistillationObjective? objective = null)
    {
        Distiller distiller = new Distiller(teacher).WithStudent(student).WithOptimizer(new SGD(0.0)).WithSeed(1);
        distiller = objective is null ? distiller : distiller.With(objective, 1.0);
        return distiller.Fit(X, batch_size: Samples, epochs: 1, verbose: 0).History["loss"][0];
    }

    private static (Model Within, Layer Layer)? Found(Model model, string name) =>
        model.Layers.FirstOrDefault(l => l.Name == name) is Layer layer
            ? (model, layer)
            : model.Layers.OfType<Model>().Select(m => Found(m, name)).FirstOrDefault();
}
