using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Reads the batches of a fit pass by pass, and knows its place.</summary>
internal sealed class BatchReader : IDisposable
{
    private readonly BatchSource _source;
    private readonly bool _shuffle;
    private readonly Lazy<Generator> _generator;
    private SourcePass? _pass;
    private IEnumerator<Batch>? _batches;
    private int _passes;
    private int _taken;

    /// <summary>Stands before the first pass.</summary>
    /// <param name="source">The data.</param>
    /// <param name="shuffle">Whether each pass has a new order.</param>
    /// <param name="generator">The fit's random numbers.</param>
    public BatchReader(BatchSource source, bool shuffle, Lazy<Generator> generator)
    {
        _source = source;
        _shuffle = shuffle;
        _generator = generator;
    }

    /// <summary>Whether a pass has begun and not ended.</summary>
    public bool IsUnderWay => _batches is not null;

    /// <summary>
    /// The next batch of the pass, in the dispose scope that is open; the first one of a new pass where none is under way;
    /// <see langword="null"/> where the pass has ended, which it then has.
    /// </summary>
    /// <exception cref="InvalidOperationException">A source has fewer or more batches than it said.</exception>
    public Batch? Next()
    {
        if (_batches is null)
        {
            _pass = SourcePass.New(_passes, _shuffle, _generator);
            _passes++;
            _taken = 0;
            _batches = _source.Read(_pass, 0).GetEnumerator();
        }

        if (_batches.MoveNext())
        {
            _taken++;
            return _batches.Current;
        }

        EndPass();
        return null;
    }

    /// <summary>The next batch, of this pass or of a new one.</summary>
    public Batch NextOfAny() => Next() ?? Next()!;

    /// <summary>Ends a pass all of whose batches were taken.</summary>
    /// <exception cref="InvalidOperationException">The source has more batches than it said.</exception>
    public void Finish()
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        _ = Next();
    }

    /// <summary>Lets the next batch be the first one of a new pass.</summary>
    public void EndPass()
    {
        _batches?.Dispose();
        _batches = null;
        _pass?.Dispose();
        _pass = null;
    }

    /// <summary>The place in the data, taken down or put back.</summary>
    public void Exchange(StateExchange state)
    {
        _passes = (int)state.Count("passes", _passes);
        bool isUnderWay = state.Flag("is_under_way", _batches is not null);
        _taken = (int)state.Count("taken", isUnderWay ? _taken : 0);
        byte[] drawnFrom = state.RandomBytes("drawn_from", _pass is null ? [] : _pass.DrawnFrom.ToArray());
        if (!state.IsRestoring)
        {
            return;
        }

        EndPass();
        if (isUnderWay)
        {
            if (_taken > (_source.Steps ?? int.MaxValue) || _passes < 1)
            {
                throw StateExchange.OfAnotherFit(Invariant($"its place in the data is behind {_taken} batches of pass {_passes}, from 1"));
            }

            if (_shuffle && drawnFrom.Length == 0)
            {
                throw StateExchange.OfAnotherFit("it does not say which random numbers the order of the data was drawn from");
            }

            _pass = SourcePass.Again(_passes - 1, _shuffle, drawnFrom);
            if (drawnFrom.Length > 0)
            {
                // Random numbers that cannot be put back are refused now, and not by the first step.
                _ = _pass.Generator;
            }

            _batches = _source.Read(_pass, _taken).GetEnumerator();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => EndPass();
}
