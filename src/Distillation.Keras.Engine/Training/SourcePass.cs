using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>One pass of a fit or evaluation over its data.</summary>
internal sealed class SourcePass : IDisposable
{
    private readonly Lazy<Generator>? _generator;
    private readonly bool _isOwner;
    private byte[]? _drawnFrom;

    private SourcePass(int number, bool shuffle, Lazy<Generator>? generator, bool isOwner)
    {
        Number = number;
        Shuffle = shuffle;
        _generator = generator;
        _isOwner = isOwner;
    }

    /// <summary>A pass in order, without random numbers.</summary>
    public static SourcePass InOrder { get; } = new(0, shuffle: false, null, isOwner: false);

    /// <summary>How many passes there were before.</summary>
    public int Number { get; }

    /// <summary>Whether the order is to be a new one.</summary>
    public bool Shuffle { get; }

    /// <summary>Whether there are random numbers to draw.</summary>
    public bool IsRandom => _generator is not null;

    /// <summary>
    /// The state of the random numbers before the order was drawn of them; empty where none was. The pass can be begun again from it.
    /// </summary>
    public ReadOnlySpan<byte> DrawnFrom => _drawnFrom;

    /// <summary>The random numbers of the fit, to draw an order of, at once and no more afterwards.</summary>
    /// <exception cref="InvalidOperationException">The pass has none.</exception>
    public Generator Generator
    {
        get
        {
            Generator generator = _generator?.Value ?? throw new InvalidOperationException("A pass in order draws no random numbers.");
            _drawnFrom ??= RandomState.StateOf(generator);
            return generator;
        }
    }

    /// <summary>A new pass of a fit.</summary>
    /// <param name="number">How many there were before.</param>
    /// <param name="shuffle">Whether the order is to be a new one.</param>
    /// <param name="generator">The fit's random numbers.</param>
    public static SourcePass New(int number, bool shuffle, Lazy<Generator> generator) => new(number, shuffle, generator, isOwner: false);

    /// <summary>A pass that was begun once before.</summary>
    /// <param name="number">How many there were before it.</param>
    /// <param name="shuffle">Whether the order was a new one.</param>
    /// <param name="drawnFrom">Its <see cref="DrawnFrom"/>.</param>
    public static SourcePass Again(int number, bool shuffle, byte[] drawnFrom) =>
        new(number, shuffle, new Lazy<Generator>(() => Restored(drawnFrom)), isOwner: true);

    /// <summary>Frees the random numbers of a pass that has its own.</summary>
    public void Dispose()
    {
        if (_isOwner && _generator!.IsValueCreated)
        {
            _generator.Value.Dispose();
        }
    }

    private static Generator Restored(byte[] drawnFrom)
    {
        Generator generator = RandomState.NewGenerator(0);
        if (drawnFrom.Length > 0)
        {
            RandomState.SetState(generator, drawnFrom);
        }

        return generator;
    }
}
