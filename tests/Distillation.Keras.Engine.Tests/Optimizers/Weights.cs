using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

/// <summary>Weights and gradients for tests of optimizers.</summary>
internal static class Weights
{
    public static readonly float[] Start = [0.5f, -1.25f, 0.75f, 2f, -0.1f, 0.3f];

    public static readonly float[] Slopes = [0.2f, -0.4f, 0.1f, 1.5f, -0.6f, 0f];

    /// <summary>Every optimizer, with arguments that use all of its parts.</summary>
    public static IEnumerable<TestCaseData> All =>
        [
            Case("SGD", () => new SGD(0.1)),
            Case("SGD with momentum", () => new SGD(0.1, momentum: 0.9, weight_decay: 0.1)),
            Case("SGD with Nesterov's", () => new SGD(0.1, momentum: 0.9, nesterov: true)),
            Case("Adadelta", () => new Adadelta(1.0)),
            Case("Adam", () => new Adam(0.1, weight_decay: 0.1)),
            Case("AMSGrad", () => new Adam(0.1, amsgrad: true)),
            Case("AdamW", () => new AdamW(0.1)),
            Case("RMSprop", () => new RMSprop(0.1)),
            Case("RMSprop with all", () => new RMSprop(0.1, momentum: 0.5, centered: true, weight_decay: 0.1)),
            Case("Adagrad", () => new Adagrad(0.1)),
            Case("Adamax", () => new Adamax(0.1)),
            Case("Nadam", () => new Nadam(0.1)),
            Case("Lion", () => new Lion(0.1)),
        ];

    public static Variable New(string name = "kernel", long repeat = 1)
    {
        using Tensor values = tensor(Start);
        return new Variable(values.repeat(repeat), name, trainable: true) { Path = $"dense/{name}" };
    }

    public static Tensor Gradient(long repeat = 1)
    {
        using Tensor values = tensor(Slopes);
        return values.repeat(repeat);
    }

    public static float[] Values(Variable variable) => [.. variable.Value.detach().data<float>()];

    private static TestCaseData Case(string name, Func<Optimizer> make) => new TestCaseData(make).SetArgDisplayNames(name);
}
