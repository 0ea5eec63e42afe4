namespace Distillation.Keras.Objectives;

/// <summary>How the values of the tokens of sequences become one. Tokens that are masked never count.</summary>
public enum SequenceReduction
{
    /// <summary>The mean over all tokens of the batch that are not masked: what a Keras mask does.</summary>
    Tokens,

    /// <summary>The sum over a sequence's tokens, the mean over sequences.</summary>
    SequenceSum,

    /// <summary>The mean over a sequence's tokens, the mean over sequences: each sequence counts the same.</summary>
    SequenceMean,

    /// <summary>
    /// The sum divided by the number of all tokens, masked ones too: what Keras does with a mask that is given as sample weights.
    /// </summary>
    AllTokens,
}
