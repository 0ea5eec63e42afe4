namespace Examples.Common;

/// <summary>
/// Reviews of films in tokens, made up: the first word is "horror" or "comedy", and of the others some praise, some blame, some say that
/// the film frightens, which praises horror and blames a comedy, and most say nothing. A review is positive (1) where more is praised
/// than blamed, else negative (0); in none is there as much of both.
/// </summary>
/// <remarks>Immutable. The same seed gives the same reviews.</remarks>
public sealed class TokenReviews
{
    /// <summary>The number of tokens that there are, among them 0, which stands for no word.</summary>
    public const int VocabularySize = 200;

    /// <summary>The words of the shortest review.</summary>
    public const int MinLength = 15;

    /// <summary>The words of the longest review.</summary>
    public const int MaxLength = 30;

    private const int Comedy = 1;
    private const int Horror = 2;
    private const int FirstPraise = 3;
    private const int FirstBlame = 23;
    private const int FirstFrightening = 43;
    private const int FirstOther = 63;

    /// <summary>Makes reviews.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">What fixes them.</param>
    public TokenReviews(int count, int seed)
        : this(count, new Random(seed)) { }

    private TokenReviews(int count, Random random)
    {
        var reviews = new int[count][];
        Y = new int[count];
        for (int i = 0; i < count; i++)
        {
            int balance;
            do
            {
                (reviews[i], balance) = Make(random);
            } while (balance == 0);

            Y[i] = balance > 0 ? 1 : 0;
        }

        X = reviews;
    }

    /// <summary>The words of each review.</summary>
    public IReadOnlyList<int[]> X { get; }

    /// <summary>1 for a positive review, else 0.</summary>
#pragma warning disable CA1819 // As models take it.
    public int[] Y { get; }
#pragma warning restore CA1819

    /// <summary>Makes reviews to train on, and others to test with.</summary>
    /// <param name="training">How many to train on.</param>
    /// <param name="test">How many to test with.</param>
    /// <param name="seed">What fixes them.</param>
    public static (TokenReviews Training, TokenReviews Test) MakeSplit(int training, int test, int seed)
    {
        var random = new Random(seed);
        return (new TokenReviews(training, random), new TokenReviews(test, random));
    }

    // The security of random numbers is of no concern to an example.
#pragma warning disable CA5394
    private static (int[] Words, int Balance) Make(Random random)
    {
        var words = new int[random.Next(MinLength, MaxLength + 1)];
        bool isHorror = random.Next(2) == 0;
        words[0] = isHorror ? Horror : Comedy;
        int balance = 0;
        for (int at = 1; at < words.Length; at++)
        {
            (words[at], int judgement) = random.Next(10) switch
            {
                0 or 1 => (random.Next(FirstPraise, FirstBlame), 1),
                2 or 3 => (random.Next(FirstBlame, FirstFrightening), -1),
                4 or 5 => (random.Next(FirstFrightening, FirstOther), isHorror ? 1 : -1),
                _ => (random.Next(FirstOther, VocabularySize), 0),
            };
            balance += judgement;
        }

        return (words, balance);
    }
#pragma warning restore CA5394
}
