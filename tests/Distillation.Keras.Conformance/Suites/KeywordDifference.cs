namespace Distillation.Keras.Conformance.Suites;

/// <summary>One way in which a signature is not Keras'.</summary>
/// <param name="Keyword">The parameter, or <see cref="Order"/>.</param>
/// <param name="What">What differs, in words.</param>
public sealed record KeywordDifference(string Keyword, string What)
{
    /// <summary>Stands for the order of all parameters.</summary>
    public const string Order = "(order)";

    /// <summary>Whether it is a method, <c>fit()</c>, or a property, <c>.losses</c>, and not a keyword of the constructor.</summary>
    public bool IsMember => Keyword.StartsWith('.') || (Keyword.Length > 2 && Keyword.EndsWith("()", StringComparison.Ordinal));
}
