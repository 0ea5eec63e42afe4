using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NumSharp;
using NumSharp.Backends.Unmanaged;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Copies between NumSharp's arrays, C#'s arrays and libtorch's tensors: once, from memory to memory.</summary>
internal static class TensorConversion
{
    /// <summary>
    /// A new tensor with the array's values, whatever part of another array it shows and in whatever order. The array is not kept.
    /// </summary>
    /// <exception cref="ArgumentException">The element type has no counterpart.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed, or is a view that was taken of a disposed one.</exception>
    public static unsafe Tensor ToTensor(NDArray array, [CallerArgumentExpression(nameof(array))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(array, argument);
        IArraySlice memory = Memory(array, argument);
        if (!ElementType.TryGet(array.typecode, out ElementType? type))
        {
            throw new ArgumentException(
                $"Arrays hold {ElementType.Known}, but this one's type is {array.typecode}. Convert it first.",
                argument
            );
        }

        // Held during the copy: another thread's Dispose must not free the memory under it, and one that did so before is found out.
        if (!memory.TryAddRef())
        {
            throw Disposed();
        }

        try
        {
            NativeLibraries.EnsureLoaded();
            Tensor tensor = empty(array.shape, type.Stored, CPU);
            if (array.size > 0)
            {
                array.CopyTo(Address(tensor));
            }

            return Signed(tensor, type, argument);
        }
        finally
        {
            memory.Release();
        }
    }

    /// <summary>
    /// A new array with the tensor's values, which the caller owns. Arrays have no bfloat16: its numbers, all of which are float32 as well,
    /// become float32.
    /// </summary>
    /// <exception cref="ArgumentException">The element type has no counterpart.</exception>
    public static unsafe NDArray ToNDArray(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using DisposeScope scope = NewDisposeScope();
        Tensor dense = tensor.detach().cpu().contiguous();
        dense = dense.dtype == ScalarType.BFloat16 ? dense.to(ScalarType.Float32) : dense;
        if (!ElementType.TryGet(dense.dtype, out ElementType? type))
        {
            throw new ArgumentException($"A tensor of type {dense.dtype} has no array type; cast it to float32 first.", nameof(tensor));
        }

        var array = new NDArray(type.Code, new NumSharp.Shape(dense.shape), false);
        if (array.size > 0)
        {
            long bytes = array.size * type.Size;
            Buffer.MemoryCopy(Address(dense), array.Unsafe.Address, bytes, bytes);
        }

        return array;
    }

    /// <summary>A new tensor with the values of a C# array of any rank, or of rows of rows of them. The array is not kept.</summary>
    /// <exception cref="ArgumentException">The element type has no counterpart, or rows differ in length.</exception>
    public static unsafe Tensor ToTensor(Array array, [CallerArgumentExpression(nameof(array))] string? argument = null)
    {
        ArgumentNullException.ThrowIfNull(array, argument);
        if (array.GetType().GetElementType() is { IsArray: true })
        {
            return FromJagged(JaggedArray.Of(array, argument), argument);
        }

        Type element = array.GetType().GetElementType()!;
        if (!ElementType.TryGet(element, out ElementType? type))
        {
            throw Refused(element, argument);
        }

        NativeLibraries.EnsureLoaded();
        Tensor tensor = empty([.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)], type.Stored, CPU);
        if (array.LongLength > 0)
        {
            Copy(array, Address(tensor), array.LongLength * type.Size);
        }

        return Signed(tensor, type, argument);
    }

    /// <summary>The memory of an array, unless it was disposed (NumSharp itself reads freed memory) or has none.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed, or is a view of memory that is freed.</exception>
    /// <exception cref="ArgumentException">It was made without a shape.</exception>
    public static IArraySlice Memory(NDArray array, [CallerArgumentExpression(nameof(array))] string? argument = null)
    {
        IArraySlice? memory = array.Unsafe.Storage?.InternalArray;
        return array.IsDisposed || memory is { IsReleased: true }
            ? throw Disposed()
            : memory
                ?? throw new ArgumentException(
                    "An array holds values, but this NDArray was made without a shape and has none. Give it one: new NDArray(type, shape).",
                    argument
                );
    }

    /// <summary>The exception that says which element types there are.</summary>
    public static ArgumentException Refused(Type element, string? argument)
    {
        string remedy =
            Nullable.GetUnderlyingType(element) is Type inner
                ? $"Give {inner.Name} values: replace those that are missing, or leave their rows out."
            : element.IsEnum ? "Give the numbers themselves: (int)value."
            : "Convert it first.";
        return new ArgumentException(
            $"Arrays hold numbers ({ElementType.Known}), but this one's elements are {ElementType.NameOf(element)}. {remedy}",
            argument
        );
    }

    private static unsafe Tensor FromJagged(JaggedArray jagged, string? argument)
    {
        if (!ElementType.TryGet(jagged.Element, out ElementType? type))
        {
            throw Refused(jagged.Element, argument);
        }

        NativeLibraries.EnsureLoaded();
        Tensor tensor = empty(jagged.Sizes, type.Stored, CPU);
        byte* target = tensor.numel() > 0 ? (byte*)Address(tensor) : null;
        jagged.ForEachRow(row =>
        {
            long bytes = row.LongLength * type.Size;
            if (bytes > 0)
            {
                Copy(row, target, bytes);
                target += bytes;
            }
        });
        return Signed(tensor, type, argument);
    }

    private static unsafe void Copy(Array source, void* target, long bytes)
    {
        fixed (byte* from = &MemoryMarshal.GetArrayDataReference(source))
        {
            Buffer.MemoryCopy(from, target, bytes, bytes);
        }
    }

    // Of a tensor that lies densely and is not empty. A span would end at 2 GiB, so this one is of the first value.
    private static unsafe void* Address(Tensor tensor)
    {
        using Tensor flat = tensor.view(-1);
        using Tensor first = flat.narrow(0, 0, 1);
        return Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private static Tensor Signed(Tensor stored, ElementType type, string? argument)
    {
        if (!type.IsUnsigned)
        {
            return stored;
        }

        if (type.Stored == ScalarType.Int64)
        {
            using DisposeScope scope = NewDisposeScope();
            return stored.numel() == 0 || stored.min().item<long>() >= 0
                ? stored
                : throw new ArgumentException(
                    $"Integers are at most {long.MaxValue}, but an array of UInt64 holds greater ones. Convert it to float64 first.",
                    argument
                );
        }

        using (stored)
        {
            using Tensor wider = stored.to(type.Stored == ScalarType.Int16 ? ScalarType.Int32 : ScalarType.Int64);
            using Tensor bits =
                type.Stored == ScalarType.Int16 ? tensor((int)ushort.MaxValue, device: CPU) : tensor((long)uint.MaxValue, device: CPU);
            return wider.bitwise_and(bits);
        }
    }

    private static ObjectDisposedException Disposed() =>
        new(
            nameof(NDArray),
            "An array was given that is disposed, or a view of one whose memory is freed. Dispose an array (or the dataset that owns it) "
                + "after its last use."
        );
}
