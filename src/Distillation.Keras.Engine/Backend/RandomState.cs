using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// Where random numbers come from: one seed fixes initial weights, shuffling, dropout and augmentation.
/// Every consumer (an initializer, a dropout layer, a fit's shuffling) draws a seed of its own from here when it is made, so that
/// the order of later calls does not matter to it.
/// </summary>
/// <remarks>Thread-safe; a reproducible run makes its models in a fixed order on one thread.</remarks>
internal static class RandomState
{
    // libtorch's CPUGeneratorImplState: a seed of 64 bits, how many of the Mersenne Twister's words are left, whether it was seeded, and
    // which word comes next.
    private const int LeftAt = 8;
    private const int SeededAt = 12;
    private const int NextAt = 16;
    private const int Words = 624;

    private static readonly object Gate = new();
    private static readonly LinkedList<int> Returned = new();
    private static Random _source = new();

    [ThreadStatic]
    private static Random? _own;

    [ThreadStatic]
    private static List<int>? _drawn;

    /// <summary>Starts the sequence of seeds anew.</summary>
    public static void Seed(int seed)
    {
        lock (Gate)
        {
            // System.Random with a seed keeps its algorithm over .NET versions.
            _source = new Random(seed);
            Returned.Clear();
        }
    }

    /// <summary>
    /// Runs something and tells which seeds it drew from the common sequence on this thread. Where it throws they go back.
    /// </summary>
    public static IReadOnlyList<int> Recorded(Action run)
    {
        List<int>? outer = _drawn;
        List<int> own = _drawn = [];
        try
        {
            run();
        }
        catch
        {
            GiveBack([.. own]);
            throw;
        }
        finally
        {
            _drawn = outer;
            outer?.AddRange(own);
        }

        return own;
    }

    /// <summary>
    /// Lets seeds that were drawn come next again: a call that was refused must not change the numbers of those that follow.
    /// </summary>
    public static void GiveBack(IReadOnlyList<int> seeds)
    {
        lock (Gate)
        {
            foreach (int seed in seeds.Reverse())
            {
                Returned.AddFirst(seed);

                // What came last in a record that is open is not to be given back once more.
                if (_drawn is [.., int last] && last == seed)
                {
                    _drawn.RemoveAt(_drawn.Count - 1);
                }
            }
        }
    }

    /// <summary>Draws seeds on this thread from a sequence of its own until disposed; the common sequence goes on untouched.</summary>
    public static IDisposable Using(int seed)
    {
        var scope = new OwnSequence(_own);
        _own = new Random(seed);
        return scope;
    }

    /// <summary>The next seed.</summary>
    public static int NextSeed()
    {
        if (_own is not null)
        {
            return _own.Next();
        }

        lock (Gate)
        {
            int seed;
            if (Returned.First is LinkedListNode<int> first)
            {
                seed = first.Value;
                Returned.RemoveFirst();
            }
            else
            {
                seed = _source.Next();
            }

            _drawn?.Add(seed);
            return seed;
        }
    }

    /// <summary>
    /// A generator of libtorch's numbers with that seed, in the host's memory: TorchSharp makes none on other devices. The caller disposes
    /// it.
    /// </summary>
    public static Generator NewGenerator(int seed)
    {
        NativeLibraries.EnsureLoaded();
        return new Generator((ulong)seed, CPU);
    }

    /// <summary>What the next numbers of a generator depend on.</summary>
    public static byte[] StateOf(Generator generator)
    {
        using Tensor state = generator.get_state();
        return state.bytes.ToArray();
    }

    /// <summary>Lets the next numbers of a generator be those that followed a state.</summary>
    /// <exception cref="ArgumentException">It is no state of such a generator.</exception>
    public static void SetState(Generator generator, ReadOnlySpan<byte> state)
    {
        using Tensor now = generator.get_state();
        if (now.numel() != state.Length)
        {
            throw new ArgumentException(
                Invariant(
                    $"The state of random numbers has {now.numel()} bytes here, but {state.Length} were given. Give one that the same "
                        + $"kind of generator had."
                ),
                nameof(state)
            );
        }

        // libtorch ends the process where these do not fit each other.
        int left = BinaryPrimitives.ReadInt32LittleEndian(state[LeftAt..]);
        bool isSeeded = BinaryPrimitives.ReadInt32LittleEndian(state[SeededAt..]) != 0;
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(state[NextAt..]);
        if (!isSeeded || left < 1 || left > Words || next > (ulong)(Words + 1 - left))
        {
            throw new ArgumentException(
                "The state of random numbers is that which a generator had, but the bytes that were given are no such state. Give one "
                    + "as it was taken down.",
                nameof(state)
            );
        }

        state.CopyTo(now.bytes);
        generator.set_state(now);
    }

    private sealed class OwnSequence(Random? before) : IDisposable
    {
        public void Dispose() => _own = before;
    }
}
