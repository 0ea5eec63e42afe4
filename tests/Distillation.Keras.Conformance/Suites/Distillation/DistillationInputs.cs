using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>The inputs of a case in one type; those with a gradient in the fixture record it.</summary>
/// <param name="type">Float64 or float32.</param>
/// <param name="tensors">By the fixture's names; integers are int64.</param>
internal sealed class DistillationInputs(ScalarType type, IReadOnlyDictionary<string, Tensor> tensors)
{
    private readonly Dictionary<string, Tensor> _leaves = new(tensors);

    /// <summary>The type of this run.</summary>
    public ScalarType Type => type;

    /// <summary>Its name, as layers take it.</summary>
    public DTypePolicy DType => type == ScalarType.Float64 ? "float64" : "float32";

    /// <summary>An input.</summary>
    public Tensor this[string name] =>
        tensors.TryGetValue(name, out Tensor? tensor) ? tensor : throw new FixtureException($"The case has no input '{name}'.");

    /// <summary>Whether there is such an input.</summary>
    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>Puts an input's values into a weight, whose gradient is compared with that of the input.</summary>
    public void Into(Variable variable, string name)
    {
        variable.Assign(this[name]);
        _leaves[name] = variable.Value;
    }

    /// <summary>Names a tensor whose gradient the fixture has, although it is no input.</summary>
    public void Leaf(string name, Tensor tensor) => _leaves[name] = tensor;

    /// <summary>What the gradient of an input is read from.</summary>
    public Tensor Leaf(string name) => _leaves[name];
}
