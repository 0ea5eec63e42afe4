using System.Buffers.Binary;
using System.Numerics;

namespace Distillation.Keras.Backend;

/// <summary>
/// Google's FarmHash of 64 bits, "Fingerprint64", by which TensorFlow tells the words that no vocabulary has. Not meant to withstand
/// somebody who looks for two texts with one hash.
/// </summary>
internal static class FarmHash64
{
    private const ulong K0 = 0xc3a5c85c97cb3127;
    private const ulong K1 = 0xb492b66fbe98f273;
    private const ulong K2 = 0x9ae16a3b2f90404f;

    /// <summary>The hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> s) =>
        s.Length switch
        {
            0 => K2,
            < 4 => UpTo3(s),
            < 8 => Mix((ulong)s.Length + ((ulong)Fetch32(s, 0) << 3), Fetch32(s, s.Length - 4), Factor(s)),
            <= 16 => UpTo16(s),
            <= 32 => UpTo32(s),
            <= 64 => UpTo64(s),
            _ => Long(s),
        };

    private static ulong UpTo3(ReadOnlySpan<byte> s)
    {
        uint y = s[0] + ((uint)s[s.Length >> 1] << 8);
        uint z = (uint)s.Length + ((uint)s[^1] << 2);
        return Fold((y * K2) ^ (z * K0)) * K2;
    }

    private static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        ulong factor = Factor(s);
        ulong a = Fetch64(s, 0) + K2;
        ulong b = Fetch64(s, s.Length - 8);
        return Mix((Right(b, 37) * factor) + a, (Right(a, 25) + b) * factor, factor);
    }

    private static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        ulong factor = Factor(s);
        ulong a = Fetch64(s, 0) * K1;
        ulong b = Fetch64(s, 8);
        ulong c = Fetch64(s, s.Length - 8) * factor;
        ulong d = Fetch64(s, s.Length - 16) * K2;
        return Mix(Right(a + b, 43) + Right(c, 30) + d, a + Right(b + K2, 18) + c, factor);
    }

    private static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        ulong factor = Factor(s);
        ulong a = Fetch64(s, 0) * K2;
        ulong b = Fetch64(s, 8);
        ulong c = Fetch64(s, s.Length - 8) * factor;
        ulong d = Fetch64(s, s.Length - 16) * K2;
        ulong y = Right(a + b, 43) + Right(c, 30) + d;
        ulong z = Mix(y, a + Right(b + K2, 18) + c, factor);
        ulong e = Fetch64(s, 16) * factor;
        ulong f = Fetch64(s, 24);
        ulong g = (y + Fetch64(s, s.Length - 32)) * factor;
        ulong h = (z + Fetch64(s, s.Length - 24)) * factor;
        return Mix(Right(e + f, 43) + Right(g, 30) + h, e + Right(f + a, 18) + g, factor);
    }

    private static ulong Long(ReadOnlySpan<byte> s)
    {
        ulong seed = 81;
        ulong x = (seed * K2) + Fetch64(s, 0);
        ulong y = (seed * K1) + 113;
        ulong z = Fold((y * K2) + 113) * K2;
        (ulong First, ulong Second) v = default;
        (ulong First, ulong Second) w = default;
        int blocks = (s.Length - 1) / 64;
        for (int i = 0; i < blocks; i++)
        {
            ReadOnlySpan<byte> block = s.Slice(i * 64, 64);
            x = Right(x + y + v.First + Fetch64(block, 8), 37) * K1;
            y = Right(y + v.Second + Fetch64(block, 48), 42) * K1;
            x ^= w.Second;
            y += v.First + Fetch64(block, 40);
            z = Right(z + w.First, 33) * K1;
            v = Weak(block, v.Second * K1, x + w.First);
            w = Weak(block[32..], z + w.Second, y + Fetch64(block, 16));
            (x, z) = (z, x);
        }

        ReadOnlySpan<byte> last = s[^64..];
        ulong factor = K1 + ((z & 0xff) << 1);
        w.First += (ulong)((s.Length - 1) & 63);
        v.First += w.First;
        w.First += v.First;
        x = Right(x + y + v.First + Fetch64(last, 8), 37) * factor;
        y = Right(y + v.Second + Fetch64(last, 48), 42) * factor;
        x ^= w.Second * 9;
        y += (v.First * 9) + Fetch64(last, 40);
        z = Right(z + w.First, 33) * factor;
        v = Weak(last, v.Second * factor, x + w.First);
        w = Weak(last[32..], z + w.Second, y + Fetch64(last, 16));
        (x, z) = (z, x);
        return Mix(Mix(v.First, w.First, factor) + (Fold(y) * K0) + z, Mix(v.Second, w.Second, factor) + x, factor);
    }

    private static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> s, ulong a, ulong b)
    {
        a += Fetch64(s, 0);
        b = Right(b + a + Fetch64(s, 24), 21);
        ulong c = a;
        a += Fetch64(s, 8) + Fetch64(s, 16);
        b += Right(a, 44);
        return (a + Fetch64(s, 24), b + c);
    }

    private static ulong Mix(ulong u, ulong v, ulong factor)
    {
        ulong a = Fold((u ^ v) * factor);
        return Fold((v ^ a) * factor) * factor;
    }

    private static ulong Fold(ulong value) => value ^ (value >> 47);

    private static ulong Factor(ReadOnlySpan<byte> s) => K2 + ((ulong)s.Length * 2);

    private static ulong Right(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    private static ulong Fetch64(ReadOnlySpan<byte> s, int at) => BinaryPrimitives.ReadUInt64LittleEndian(s[at..]);

    private static uint Fetch32(ReadOnlySpan<byte> s, int at) => BinaryPrimitives.ReadUInt32LittleEndian(s[at..]);
}
