using System.Text.RegularExpressions;

namespace Distillation.Keras.Optimizers;

/// <summary>The weights that do not decay: some by themselves, some by their paths.</summary>
internal sealed class WeightDecayExclusions
{
    private readonly HashSet<Variable> _variables;
    private readonly Regex? _names;

    public WeightDecayExclusions(IEnumerable<Variable>? variables, IEnumerable<string>? names)
    {
        _variables = new HashSet<Variable>(variables ?? [], ReferenceEqualityComparer.Instance);
        string[] patterns = [.. names ?? []];
        _names = patterns.Length == 0 ? null : new Regex(string.Join('|', patterns), RegexOptions.CultureInvariant);
    }

    /// <summary>Whether the weight keeps its size.</summary>
    public bool Contains(Variable variable) => _variables.Contains(variable) || (_names?.IsMatch(variable.Path) ?? false);
}
