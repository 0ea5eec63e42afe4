namespace KerasPorts;

/// <summary>
/// Reviews in tokens, made up: words that praise, words that blame, "not", which turns the next of them around, and words that say nothing.
/// A review is positive (1) where more is praised than blamed. Short ones are padded with 0 in front.
/// </summary>
/// <remarks>Immutable. The same seed gives the same reviews.</remarks>
internal sealed class TokenSequences
{
    /// <summary>The number of tokens that there are, padding among them.</summary>
    public const int VocabularySize = 200;

    /// <summary>The number of tokens of a review, padding among them.</summary>
    public const int Length = 40;

    private const int Padding = 0;
    private const int Not = 1;
    private const int FirstPraise = 2;
    private const int FirstBlame = 22;
    private const int FirstOther = 42;

    /// <summary>Makes reviews.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">What fixes them.</param>
    public TokenSequences(int count, int seed)
    {
        // The security of random numbers is of no concern to an example.
#pragma warning disable CA5394
        var random = new Random(seed);
        X = new int[count, Length];
        Y = new int[count];
        for (int row = 0; row < count; row++)
        {
            int start = random.Next(Length / 2);
            int balance = 0;
            while (balance == 0)
            {
                bool turned = false;
                for (int at = 0; at < Length; at++)
                {
                    int kind = at < start ? -1 : random.Next(10);
                    X[row, at] = kind switch
                    {
                        -1 => Padding,
                        0 => Not,
                        1 or 2 => random.Next(FirstPraise, FirstBlame),
                        3 or 4 => random.Next(FirstBlame, FirstOther),
                        _ => random.Next(FirstOther, VocabularySize),
                    };
                    int judgement =
                        kind is 1 or 2 ? 1
                        : kind is 3 or 4 ? -1
                        : 0;
                    balance += turned ? -judgement : judgement;
                    turned = kind == 0;
                }

                if (balance == 0)
                {
                    continue;
                }

                Y[row] = balance > 0 ? 1 : 0;
            }
        }
#pragma warning restore CA5394
    }

    /// <summary>The tokens, (count, length).</summary>
    public int[,] X { get; }

    /// <summary>1 for a positive review, else 0.</summary>
    public int[] Y { get; }
}
