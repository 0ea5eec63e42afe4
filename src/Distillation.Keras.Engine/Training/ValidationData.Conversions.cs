using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Conversions from F# tuples. F# converts a tuple as a whole and not its elements, so each usual pair of types has its own.</content>
public sealed partial class ValidationData
{
    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<NDArray, NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<NDArray, float[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<NDArray, float[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<NDArray, int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<Tensor, Tensor> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<Tensor, float[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<Tensor, float[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<Tensor, int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,], float[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,], float[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,], float[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,], float[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,,], float[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,,], float[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<float[,,,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,], double[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,], double[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,], double[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,], double[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,,], NDArray> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,,], double[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,,], double[,]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and integer labels, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<double[,,,], int[]> data) => new(NotNull(data).Item1, data.Item2);

    /// <summary>Inputs and targets, from an F# tuple.</summary>
    public static implicit operator ValidationData(Tuple<ArrayLike, ArrayLike> data) => new(NotNull(data).Item1, data.Item2);

    private static T NotNull<T>(T value)
        where T : class => value ?? throw new ArgumentNullException(nameof(value));
}
