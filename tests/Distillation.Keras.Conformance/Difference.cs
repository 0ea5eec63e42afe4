namespace Distillation.Keras.Conformance;

/// <summary>Something that differs from what Keras recorded.</summary>
/// <param name="Where">What was compared, such as <c>grad_weight0</c>.</param>
/// <param name="What">Both values.</param>
public sealed record Difference(string Where, string What)
{
    /// <summary>Both in one line.</summary>
    public override string ToString() => $"{Where}: {What}";
}
