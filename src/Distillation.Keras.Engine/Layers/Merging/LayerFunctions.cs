using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>Layers that join tensors, as functions: <c>LayerFunctions.Add([a, b])</c> is <c>new Add().Apply(a, b)</c>.</summary>
/// <remarks>
/// In Keras they are <c>keras.layers.add</c>, <c>keras.layers.concatenate</c> and so on. Each call makes a layer. What is wrong with the
/// inputs is refused with an <see cref="ArgumentException"/> that names the layer. Source: <c>keras/src/layers/merging</c>.
/// </remarks>
public static class LayerFunctions
{
    /// <summary>The sum, by <see cref="Layers.Add"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that broadcast.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Add(KerasTensors inputs, string? name = null) => Joined(new Add(name: name), inputs);

    /// <summary>The mean, by <see cref="Layers.Average"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that broadcast.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Average(KerasTensors inputs, string? name = null) => Joined(new Average(name: name), inputs);

    /// <summary>One behind the other, by <see cref="Layers.Concatenate"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that are equal but for the axis.</param>
    /// <param name="axis">The axis; negative ones count from the end.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Concatenate(KerasTensors inputs, int axis = -1, string? name = null) =>
        Joined(new Concatenate(axis, name: name), inputs);

    /// <summary>The dot product of two, sample by sample, by <see cref="Layers.Dot"/>.</summary>
    /// <param name="inputs">The tensors, two of them.</param>
    /// <param name="axes">The axis of both, or that of each; <see langword="null"/> (the default): the last.</param>
    /// <param name="normalize">Whether the vectors are divided by their lengths before, so that the result is the cosine.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Dot(KerasTensors inputs, Axes? axes = null, bool normalize = false, string? name = null) =>
        Joined(new Dot(axes ?? -1, normalize, name: name), inputs);

    /// <summary>The largest of each place, by <see cref="Layers.Maximum"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that broadcast.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Maximum(KerasTensors inputs, string? name = null) => Joined(new Maximum(name: name), inputs);

    /// <summary>The smallest of each place, by <see cref="Layers.Minimum"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that broadcast.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Minimum(KerasTensors inputs, string? name = null) => Joined(new Minimum(name: name), inputs);

    /// <summary>The product, by <see cref="Layers.Multiply"/>.</summary>
    /// <param name="inputs">The tensors, of shapes that broadcast.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Multiply(KerasTensors inputs, string? name = null) => Joined(new Multiply(name: name), inputs);

    /// <summary>The first less the second, by <see cref="Layers.Subtract"/>.</summary>
    /// <param name="inputs">The tensors, two of them.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    public static KerasTensor Subtract(KerasTensors inputs, string? name = null) => Joined(new Subtract(name: name), inputs);

    private static KerasTensor Joined(Layer layer, KerasTensors inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return layer.Apply([.. inputs]);
    }
}
