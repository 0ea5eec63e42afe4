using System.Reflection;
using System.Runtime.ExceptionServices;
using PureHDF;
using PureHDF.Selections;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>Writes HDF5 files as Keras does: texts of variable length, arrays in one piece and not packed.</summary>
/// <remarks>By PureHDF. One array at a time is copied, and only where it is on another device or not contiguous.</remarks>
internal static class Hdf5Writer
{
    // What PureHDF takes at once is counted by an int.
    private const long MostAtOnce = 1L << 28;

    /// <summary>Writes a tree as the root group of a file.</summary>
    /// <param name="stream">Where to; it can seek, and nothing is written before its position.</param>
    /// <param name="tree">The groups and arrays.</param>
    public static void Write(Stream stream, Hdf5Tree tree)
    {
        var later = new List<Action<H5NativeWriter>>();
        var file = new H5File();
        Fill(file, tree, later);

        // With small arrays in the object headers, one that is written later would be lost.
        try
        {
            using H5NativeWriter writer = file.BeginWrite(stream, new H5WriteOptions(PreferCompactDatasetLayout: false));
            foreach (Action<H5NativeWriter> write in later)
            {
                write(writer);
            }
        }
        catch (TargetInvocationException e) when (e.InnerException is Exception cause)
        {
            // PureHDF calls by reflection what writes texts, and there may be no room for them.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private static void Fill(H5Group group, Hdf5Tree tree, List<Action<H5NativeWriter>> later)
    {
        foreach ((string name, object value) in tree.Attributes)
        {
            // Of an empty list NumPy knows no type but its own, float64.
            group.Attributes[name] = value switch
            {
                string text => new H5Attribute(text),
                IReadOnlyList<string> { Count: 0 } => new H5Attribute(Array.Empty<double>()),
                IReadOnlyList<string> texts => new H5Attribute(texts.ToArray()),
                _ => throw new ArgumentException($"The attribute '{name}' is neither a text nor a list of texts."),
            };
        }

        foreach ((string name, object child) in tree.Children)
        {
            if (child is Hdf5Tree below)
            {
                var inner = new H5Group();
                Fill(inner, below, later);
                group[name] = inner;
            }
            else
            {
                group[name] = Dataset((Func<Tensor>)child, later);
            }
        }
    }

    private static H5Dataset Dataset(Func<Tensor> value, List<Action<H5NativeWriter>> later)
    {
        using IDisposable scope = NewDisposeScope();
        return value().dtype switch
        {
            ScalarType.BFloat16 => BFloat16(value, later),
            ScalarType.Float16 => Dataset<Half>(value, later),
            ScalarType.Float32 => Dataset<float>(value, later),
            ScalarType.Float64 => Dataset<double>(value, later),
            ScalarType.Int8 => Dataset<sbyte>(value, later),
            ScalarType.Int16 => Dataset<short>(value, later),
            ScalarType.Int32 => Dataset<int>(value, later),
            ScalarType.Int64 => Dataset<long>(value, later),
            ScalarType.Byte => Dataset<byte>(value, later),
            var type => throw new NotSupportedException($"Values of the type {type} cannot be written into an HDF5 file."),
        };
    }

    // Numbers that NumPy does not have are written as bytes, with the name of their type beside them.
    private static H5Dataset BFloat16(Func<Tensor> value, List<Action<H5NativeWriter>> later)
    {
        H5Dataset dataset = Dataset<byte>(value, later, new H5OpaqueInfo(2, string.Empty));
        dataset.Attributes["dtype"] = "bfloat16";
        return dataset;
    }

    private static H5Dataset<Memory<T>> Dataset<T>(Func<Tensor> value, List<Action<H5NativeWriter>> later, H5OpaqueInfo? opaque = null)
        where T : unmanaged
    {
        ulong[] shape = Array.ConvertAll(value().shape, d => (ulong)d);
        var dataset = new H5Dataset<Memory<T>>(shape, opaqueInfo: opaque);
        later.Add(writer =>
        {
            using IDisposable scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor values = value().detach().to(CPU).contiguous();
            foreach ((Tensor part, ulong[] start) in Parts(values))
            {
                ulong[] size = Array.ConvertAll(part.shape, d => (ulong)d);
                try
                {
                    writer.Write(
                        dataset,
                        new TensorMemory<T>(part).Memory,
                        memorySelection: new HyperslabSelection(0, (ulong)part.numel()),
                        fileSelection: size.Length == 0 ? null : new HyperslabSelection(size.Length, start, size)
                    );
                }
                catch (TargetInvocationException e) when (e.InnerException is Exception cause)
                {
                    ExceptionDispatchInfo.Throw(cause);
                }
            }
        });
        return dataset;
    }

    private static IEnumerable<(Tensor Part, ulong[] Start)> Parts(Tensor values)
    {
        int axis = Math.Max(0, Array.FindIndex(values.shape, d => d > 1));
        if (values.numel() <= MostAtOnce)
        {
            yield return (values, new ulong[values.dim()]);
            yield break;
        }

        long rows = Math.Max(1, MostAtOnce / (values.numel() / values.shape[axis]));
        for (long row = 0; row < values.shape[axis]; row += rows)
        {
            ulong[] start = new ulong[values.dim()];
            start[axis] = (ulong)row;
            using Tensor part = values.narrow(axis, row, Math.Min(rows, values.shape[axis] - row));
            yield return (part, start);
        }
    }
}
