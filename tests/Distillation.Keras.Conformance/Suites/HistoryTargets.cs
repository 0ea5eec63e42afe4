using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>The data that models are fitted to whose history is compared: names do not depend on the values.</summary>
internal sealed class HistoryTargets(int classes)
{
    /// <summary>How many samples there are.</summary>
    public const int Samples = 8;

    public Tensor X { get; } = Pattern(Samples * 4).reshape(Samples, 4);

    public Tensor Labels { get; } = arange(Samples, ScalarType.Int64).remainder(classes);

    public Tensor OneHot => nn.functional.one_hot(Labels, classes).to(ScalarType.Float32);

    public Tensor Numbers { get; } = Pattern(Samples).reshape(Samples, 1);

    public ArrayLike Both => (Tensor[])[OneHot, Numbers];

    private static Tensor Pattern(int count) => arange(count, ScalarType.Float32).mul(1.7f).sin();
}
