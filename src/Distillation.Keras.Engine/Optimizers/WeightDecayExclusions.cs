using System.Text.RegularExpressions;

namespace Distillation.Keras.Optimizers;

/// <summary>The weights that do not decay: some by themselves, some by their names.</summary>
internal sealed class WeightDecayExclusions
{
    private readonly HashSet<Variable> _variables;
    private readonly Regex[] _names;

    public WeightDecayExclusions(IEnumerable<Variable>? var_list, IEnumerable<string>? var_names)
    {
        _variables = new HashSet<Variable>(var_list ?? [], ReferenceEqualityComparer.Instance);
        _names = [.. (var_names ?? []).Select(Expression)];

        static Regex Expression(string pattern)
        {
            try
            {
                return new Regex(pattern, RegexOptions.CultureInvariant);
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException(
                    $"Names of weights that do not decay are regular expressions, but '{pattern}' is none: {e.Message} "
                        + "Put a backslash before a character that stands for itself.",
                    nameof(var_names),
                    e
                );
            }
        }
    }

    /// <summary>Whether the weight keeps its size. As in Keras on TensorFlow, its path is searched.</summary>
    public bool Contains(Variable variable) => _variables.Contains(variable) || Array.Exists(_names, n => n.IsMatch(variable.Path));
}
