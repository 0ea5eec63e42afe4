using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The tokens of a batch of sequences as rows: those that are not masked, one after the other.</summary>
internal sealed class TokenRows
{
    private readonly Tensor? _kept;

    private TokenRows(Tensor? kept, Tensor share)
    {
        _kept = kept;
        Share = share;
    }

    /// <summary>What each row counts for in the sum that is the batch's value, (rows,).</summary>
    public Tensor Share { get; }

    /// <summary>The rows of a batch.</summary>
    /// <param name="tokens">(sequences, time, ...); <see cref="Share"/> has its type.</param>
    /// <param name="mask">Bool (sequences, time), or <see langword="null"/>: all tokens count.</param>
    /// <param name="reduction">How they become one value.</param>
    public static TokenRows Of(Tensor tokens, Tensor? mask, SequenceReduction reduction)
    {
        (long sequences, long time, ScalarType type) = (tokens.shape[0], tokens.shape[1], tokens.dtype);
        Tensor Each(double value) => Arithmetic.Filled([sequences], value, type, tokens.device);
        Tensor counts = mask is null ? Each(time) : mask.sum(1).to(type);
        Tensor each = reduction switch
        {
            // A batch may be masked as a whole: then nothing is divided by 0.
            SequenceReduction.Tokens => counts.sum().AtLeast(1).reciprocal().expand(sequences),
            SequenceReduction.SequenceSum => Each(1.0 / sequences),
            SequenceReduction.SequenceMean => counts.AtLeast(1).Times(sequences).reciprocal(),
            SequenceReduction.AllTokens => Each(1.0 / (sequences * time)),
            _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "There is no such reduction."),
        };
        Tensor share = each.unsqueeze(1).expand(sequences, time).flatten();
        Tensor? kept = mask?.flatten().nonzero().squeeze(1);
        return new TokenRows(kept, kept is null ? share : share.index_select(0, kept));
    }

    /// <summary>The rows of a tensor of tokens: (sequences, time, ...) becomes (rows, ...).</summary>
    public Tensor Rows(Tensor tokens)
    {
        Tensor flat = tokens.flatten(0, 1);
        return _kept is null ? flat : flat.index_select(0, _kept);
    }
}
