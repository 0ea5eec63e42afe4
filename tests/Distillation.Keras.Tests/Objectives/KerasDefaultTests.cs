using Distillation.Keras.Conformance;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Tests.Conformance;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>
/// What docs/methods.md says of <c>keras.distillation</c>: its default loss against ours, on the fixtures' logits and on one run from the
/// same weights.
/// </summary>
public class KerasDefaultTests
{
    private static readonly Fixture Cases = FixtureFiles.Load("distillation");

    [TestCase("plain_T1", 0.89)]
    [TestCase("plain_T3", 0.69)]
    [TestCase("plain_T5", 0.57)]
    [TestCase("negative_T3", 1.0)]
    [TestCase("above_T_T3", 1.0)]
    public void Most_entries_of_the_defaults_gradient_are_zero_and_none_of_ours(string logits, double share)
    {
        using DisposeScope scope = NewDisposeScope();
        string name = $"keras_distillation/logits_{logits}_default";
        double temperature = Cases.All.Single(e => e.Name == name).Object["hyper"]!["temperature"]!.GetValue<double>();
        Tensor z = Cases.Array($"{name}/student").requires_grad_();
        ObjectiveRun
            .Value(new SoftTargets(temperature), new ObjectiveSignals { StudentLogits = z, TeacherLogits = Cases.Array($"{name}/teacher") })
            .backward();

        Assert.That(Zeros(Cases.Array($"{name}/keras_grad")), Is.EqualTo(share).Within(0.005));
        Assert.That(Zeros(z.grad!), Is.Zero);
    }

    [Test]
    public void On_one_run_the_default_leaves_the_student_further_from_the_teacher_than_ours()
    {
        (double before, double agreedBefore) = Run(null, 0);
        (double keras, double agreedKeras) = Run(new KerasDefault(3), 100);
        (double ours, double agreedOurs) = Run(new SoftTargets(3, SoftTargetForm.KullbackLeibler), 100);

        TestContext.Out.WriteLine($"{before:F3} {agreedBefore:P0} - {keras:F3} {agreedKeras:P0} - {ours:F3} {agreedOurs:P0}");
        Assert.That(ours, Is.LessThan(0.5 * keras));
        Assert.That(keras, Is.LessThan(before), "it is better than nothing");
    }

    private static double Zeros(Tensor gradient) => gradient.eq(0).to(ScalarType.Float64).mean().item<double>();

    // T² KL to the teacher and the share of equal classes, after so many epochs on the fixture's 15 samples without labels.
    private static (double Divergence, double Agreement) Run(DistillationObjective? objective, int epochs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Cases.Array("keras_distillation/distiller_default_alpha0.5/x");
        Sequential teacher = Net("teacher");
        Sequential student = Net("student");
        if (objective is not null)
        {
            new Distiller(teacher)
                .WithStudent(student)
                .WithSoftLossWeight(0)
                .With(objective)
                .WithOptimizer(new SGD(0.1))
                .WithSeed(1)
                .Fit(x, epochs: epochs, batch_size: 5, verbose: 0);
        }

        var signals = new ObjectiveSignals { StudentLogits = student.Call(x), TeacherLogits = teacher.Call(x) };
        double divergence = ObjectiveRun.Value(new SoftTargets(3, SoftTargetForm.KullbackLeibler), signals).item<float>();
        return (
            divergence,
            signals.StudentLogits.argmax(-1).eq(signals.TeacherLogits.argmax(-1)).to(ScalarType.Float64).mean().item<double>()
        );
    }

    private static Sequential Net(string who)
    {
        Tensor[] weights =
        [
            .. ((string[])["hidden_kernel", "hidden_bias", "logits_kernel", "logits_bias"]).Select(n =>
                Cases.Array($"keras_distillation/distiller_default_alpha0.5/{who}_{n}")
            ),
        ];
        var net = new Sequential(
            new Input(shape: (int)weights[0].shape[0]),
            new Dense((int)weights[0].shape[1], "relu"),
            new Dense((int)weights[2].shape[1])
        );
        for (int i = 0; i < weights.Length; i++)
        {
            net.Weights[i].Assign(weights[i]);
        }

        return net;
    }

    // Keras 3.15.1 where the loss is left out.
    private sealed class KerasDefault(double temperature) : DistillationObjective("keras_default")
    {
        protected override Tensor Compute(ObjectiveSignals signals) =>
            LossFunctions.KlDivergence(signals.TeacherLogits / temperature, signals.StudentLogits / temperature);
    }
}
