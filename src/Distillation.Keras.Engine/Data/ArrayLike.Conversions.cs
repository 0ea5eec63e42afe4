using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>
/// Conversions from the usual array types. C# takes the one from <see cref="Array"/> for the others too; F# only takes conversions from an
/// argument's own type, so that <c>model.Fit(x, y)</c> with a <c>float32[,]</c> needs one of its own.
/// </content>
public partial class ArrayLike
{
    /// <summary>One array of strings with one axis.</summary>
    public static implicit operator ArrayLike(string[] array) => (Array)array;

    /// <summary>One array of strings with two axes.</summary>
    public static implicit operator ArrayLike(string[,] array) => (Array)array;

    /// <summary>One array of strings, row by row; rows are equally long.</summary>
    public static implicit operator ArrayLike(string[][] array) => (Array)array;

    /// <summary>One array of float32 with one axis.</summary>
    public static implicit operator ArrayLike(float[] array) => (Array)array;

    /// <summary>One array of float32 with two axes.</summary>
    public static implicit operator ArrayLike(float[,] array) => (Array)array;

    /// <summary>One array of float32 with three axes.</summary>
    public static implicit operator ArrayLike(float[,,] array) => (Array)array;

    /// <summary>One array of float32 with four axes.</summary>
    public static implicit operator ArrayLike(float[,,,] array) => (Array)array;

    /// <summary>One array of float32 with five axes.</summary>
    public static implicit operator ArrayLike(float[,,,,] array) => (Array)array;

    /// <summary>One array of float64 with one axis.</summary>
    public static implicit operator ArrayLike(double[] array) => (Array)array;

    /// <summary>One array of float64 with two axes.</summary>
    public static implicit operator ArrayLike(double[,] array) => (Array)array;

    /// <summary>One array of float64 with three axes.</summary>
    public static implicit operator ArrayLike(double[,,] array) => (Array)array;

    /// <summary>One array of float64 with four axes.</summary>
    public static implicit operator ArrayLike(double[,,,] array) => (Array)array;

    /// <summary>One array of int32 with one axis.</summary>
    public static implicit operator ArrayLike(int[] array) => (Array)array;

    /// <summary>One array of int32 with two axes.</summary>
    public static implicit operator ArrayLike(int[,] array) => (Array)array;

    /// <summary>One array of int64 with one axis.</summary>
    public static implicit operator ArrayLike(long[] array) => (Array)array;

    /// <summary>One array of int64 with two axes.</summary>
    public static implicit operator ArrayLike(long[,] array) => (Array)array;

    /// <summary>One array of bytes with one axis.</summary>
    public static implicit operator ArrayLike(byte[] array) => (Array)array;

    /// <summary>One array of bytes with two axes.</summary>
    public static implicit operator ArrayLike(byte[,] array) => (Array)array;

    /// <summary>One array of bytes with three axes.</summary>
    public static implicit operator ArrayLike(byte[,,] array) => (Array)array;

    /// <summary>One array of bytes with four axes.</summary>
    public static implicit operator ArrayLike(byte[,,,] array) => (Array)array;

    /// <summary>One array of booleans with one axis.</summary>
    public static implicit operator ArrayLike(bool[] array) => (Array)array;

    /// <summary>One array of booleans with two axes.</summary>
    public static implicit operator ArrayLike(bool[,] array) => (Array)array;

    /// <summary>One array of float32, row by row; rows are equally long.</summary>
    public static implicit operator ArrayLike(float[][] array) => (Array)array;

    /// <summary>One array of float64, row by row; rows are equally long.</summary>
    public static implicit operator ArrayLike(double[][] array) => (Array)array;

    /// <summary>Several arrays of float32, such as those of several inputs.</summary>
    public static implicit operator ArrayLike(float[][,] arrays) => (Array)arrays;

    /// <summary>Several arrays of float64, such as those of several inputs.</summary>
    public static implicit operator ArrayLike(double[][,] arrays) => (Array)arrays;

    /// <summary>Several arrays, such as those of several inputs.</summary>
    public static implicit operator ArrayLike(NDArray[] arrays) => (Array)arrays;

    /// <summary>Several tensors, such as those of several inputs.</summary>
    public static implicit operator ArrayLike(Tensor[] tensors) => (Array)tensors;

    /// <summary>Several arrays of any kind, such as those of several inputs.</summary>
    public static implicit operator ArrayLike(ArrayLike[] arrays) => (Array)arrays;

    /// <summary>An array of arrays of int32: one array with two axes.</summary>
    public static implicit operator ArrayLike(int[][] array) => (Array)array;

    /// <summary>An array of arrays of int64: one array with two axes.</summary>
    public static implicit operator ArrayLike(long[][] array) => (Array)array;

    /// <summary>An array of arrays of bytes: one array with two axes.</summary>
    public static implicit operator ArrayLike(byte[][] array) => (Array)array;

    /// <summary>An array of arrays of booleans: one array with two axes.</summary>
    public static implicit operator ArrayLike(bool[][] array) => (Array)array;

    /// <summary>Arrays of float32 in arrays, twice: one array with three axes.</summary>
    public static implicit operator ArrayLike(float[][][] array) => (Array)array;

    /// <summary>Arrays of float64 in arrays, twice: one array with three axes.</summary>
    public static implicit operator ArrayLike(double[][][] array) => (Array)array;

    /// <summary>Arrays of bytes in arrays, twice: one array with three axes.</summary>
    public static implicit operator ArrayLike(byte[][][] array) => (Array)array;

    /// <summary>One array of int32 with three axes.</summary>
    public static implicit operator ArrayLike(int[,,] array) => (Array)array;

    /// <summary>One array of int32 with four axes.</summary>
    public static implicit operator ArrayLike(int[,,,] array) => (Array)array;

    /// <summary>One array of int64 with three axes.</summary>
    public static implicit operator ArrayLike(long[,,] array) => (Array)array;

    /// <summary>One array of booleans with three axes.</summary>
    public static implicit operator ArrayLike(bool[,,] array) => (Array)array;

    /// <summary>Several arrays of float32 with three axes each.</summary>
    public static implicit operator ArrayLike(float[][,,] array) => (Array)array;

    /// <summary>Several arrays of float32 with four axes each.</summary>
    public static implicit operator ArrayLike(float[][,,,] array) => (Array)array;

    /// <summary>Several arrays of float64 with three axes each.</summary>
    public static implicit operator ArrayLike(double[][,,] array) => (Array)array;

    /// <summary>Several arrays of float64 with four axes each.</summary>
    public static implicit operator ArrayLike(double[][,,,] array) => (Array)array;

    /// <summary>One array of int16 with one axis.</summary>
    public static implicit operator ArrayLike(short[] array) => (Array)array;

    /// <summary>One array of int16 with two axes.</summary>
    public static implicit operator ArrayLike(short[,] array) => (Array)array;

    /// <summary>One array of uint16 with one axis.</summary>
    public static implicit operator ArrayLike(ushort[] array) => (Array)array;

    /// <summary>One array of uint16 with two axes.</summary>
    public static implicit operator ArrayLike(ushort[,] array) => (Array)array;

    /// <summary>One array of int8 with two axes.</summary>
    public static implicit operator ArrayLike(sbyte[,] array) => (Array)array;

    /// <summary>One array of uint32 with two axes.</summary>
    public static implicit operator ArrayLike(uint[,] array) => (Array)array;

    /// <summary>One array of float16 with one axis.</summary>
    public static implicit operator ArrayLike(Half[] array) => (Array)array;

    /// <summary>One array of float16 with two axes.</summary>
    public static implicit operator ArrayLike(Half[,] array) => (Array)array;
}
