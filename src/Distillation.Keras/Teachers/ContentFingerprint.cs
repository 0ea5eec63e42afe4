using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>SHA-256 over names, shapes, types and bytes: <c>new ContentFingerprint().Add("weights", tensor).ToString()</c>.</summary>
/// <remarks>Not thread-safe. Each part is written with its length, so that two different lists of parts never run together.</remarks>
public sealed class ContentFingerprint
{
    private readonly List<byte> _parts = [];

    /// <summary>Adds a text.</summary>
    /// <param name="text">A name, a configuration.</param>
    /// <returns>This fingerprint.</returns>
    public ContentFingerprint Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Add(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds a tensor with its name, type and shape.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="values">The tensor, on any device.</param>
    /// <returns>This fingerprint.</returns>
    public ContentFingerprint Add(string name, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(name);
        TensorGuard.Real(values);
        Add(name).Add(values.dtype.ToString()).Add(Shape.FromSizes(values.shape).ToString());
        using DisposeScope scope = NewDisposeScope();

        // The parts would grow with the weights: of those their own hash is enough.
        return Add(SHA256.HashData(values.detach().cpu().contiguous().bytes));
    }

    /// <summary>The fingerprint of all that was added: 64 hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexString(SHA256.HashData([.. _parts]));

    private ContentFingerprint Add(byte[] part)
    {
        long length = part.Length;
        _parts.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in length)));
        _parts.AddRange(part);
        return this;
    }
}
