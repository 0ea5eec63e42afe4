using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// A use of a function of <c>keras.ops</c> in a graph, as Keras has it among the layers: without weights, masks and a type of its own.
/// </summary>
/// <remarks>Source: <c>keras/src/ops/operation.py</c>. Its tensors are those of the call's <see cref="CallForm"/>, in order.</remarks>
internal sealed class Operation : Layer
{
    private readonly OperationKind _kind;
    private readonly JsonObject _options;
    private readonly Dictionary<string, object?> _values;

    /// <summary>An operation that is not used yet.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="options">What its configuration holds beside the name.</param>
    /// <param name="name">Its name; by default made from the class.</param>
    /// <exception cref="ArgumentException">An option is missing or unknown.</exception>
    internal Operation(OperationKind kind, JsonObject options, string? name = null)
        : base(name ?? Naming.Automatic(kind.ClassName))
    {
        _kind = kind;
        _options = kind.Checked(options);
        _values = _options.ToDictionary(o => o.Key, o => CallForm.Decode(o.Value), StringComparer.Ordinal);
    }

    internal override string ClassName => _kind.ClassName;

    internal override string Module => _kind.Module;

    internal override string? RegisteredName => _kind.ClassName;

    internal override JsonObject? BuildConfig => null;

    internal override bool BuildsAtInit => true;

    internal override bool SaysShape => false;

    internal override bool MayMakeMasks => false;

    internal override bool MakesProbabilities => ClassName is "Softmax" or "Sigmoid";

    /// <summary>Whether sums of what it gives are sums of its inputs, up to factors: logits stay logits.</summary>
    internal bool IsLinear => ClassName is "Add" or "Subtract" or "Multiply" or "Divide" or "TrueDivide" or "Negative" or "Reshape";

    private string What => $"The operation {ClassName} '{Name}'";

    /// <summary>Whether it is softmax over the last axis of an output of that shape.</summary>
    internal bool IsSoftmaxOver(Shape output) =>
        ClassName == "Softmax"
        && (_values["axis"] as object?[] is [var only] ? only : _values["axis"]) is long axis
        && (axis == -1 || axis == output.Rank - 1);

    /// <summary>Uses a function of <c>keras.ops</c> on tensors of a graph.</summary>
    /// <param name="part">Its module.</param>
    /// <param name="className">Its class.</param>
    /// <param name="options">What its configuration holds beside the name.</param>
    /// <param name="args">The arguments: tensors, numbers, texts, lists, slices.</param>
    /// <exception cref="ArgumentException">It cannot be used on them.</exception>
    internal static IReadOnlyList<KerasTensor> Apply(string part, string className, JsonObject options, params object?[] args)
    {
        OperationKind kind = OperationTable.Find(part, className) ?? throw new NotSupportedException($"There is no operation {className}.");
        var tensors = new List<KerasTensor>();
        var form = new CallForm([.. args.Select(a => OperationArgument.Write(a, tensors))], []);
        if (tensors.Count == 0)
        {
            throw new ArgumentException($"The operation {className} is used on tensors of a model, but there is none among its arguments.");
        }

        return new Operation(kind, options).ApplyNode(new LayerInputs<KerasTensor>(tensors.ToArray()).WithForm(form)).Outputs;
    }

    /// <summary>Its options under Keras' names.</summary>
    public override JsonObject GetConfig()
    {
        var config = new JsonObject { ["name"] = Name };
        foreach ((string key, JsonNode? value) in _options)
        {
            config[key] = value?.DeepClone();
        }

        return config;
    }

    internal override Layer CloneLayer() => new Operation(_kind, (JsonObject)_options.DeepClone(), Name);

    internal override IReadOnlyList<Shape> OutputShapesFor<T>(LayerInputs<T> call, IReadOnlyList<Shape> inputShapes) =>
        call is LayerInputs<KerasTensor> symbolic
            ? OperationShapes.Of(_kind, What, symbolic, inputShapes, c => ComputeOn(c.Form, c.Tensors)).Shapes
            : throw new InvalidOperationException($"{What} is part of a model, and computed with it.");

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] results = ComputeOn(inputs.Form, inputs.Tensors);
        return Array.ConvertAll(results, r => inputs.Tensors.Holds(r) ? r : r.MoveToOuterDisposeScope());
    }

    private protected override IReadOnlyList<string>? OutputDTypes(LayerInputs<KerasTensor>? inputs) =>
        OperationShapes.Of(_kind, What, inputs!, [.. inputs!.Tensors.Select(t => t.Shape)], c => ComputeOn(c.Form, c.Tensors)).DTypes;

    private protected override Tensor Cast(Tensor input) => input;

    private protected override bool IsOfType(Tensor input) => true;

    private protected override void CheckValues(IReadOnlyList<Tensor> inputs) { }

    private Tensor[] ComputeOn(CallForm? form, IReadOnlyList<Tensor> tensors)
    {
        if (form is null)
        {
            throw new InvalidOperationException($"{What} is part of a model, and computed with it.");
        }

        var values = new Dictionary<string, object?>(_values, StringComparer.Ordinal);
        for (int i = 0; i < form.Positional.Count; i++)
        {
            if (i >= _kind.Parameters.Count)
            {
                throw new ArgumentException(
                    Invariant($"{What} takes {_kind.Parameters.Count} arguments, but is called with {form.Positional.Count}.")
                );
            }

            if (_kind.Parameters[i].StartsWith('*'))
            {
                values[_kind.Parameters[i][1..]] = form.Positional.Skip(i).Select(v => Filled(v, tensors)).ToArray();
                break;
            }

            values[_kind.Parameters[i]] = Filled(form.Positional[i], tensors);
        }

        foreach ((string name, object? value) in form.Named)
        {
            if (!_kind.Parameters.Contains(name) && !_kind.Parameters.Contains("*" + name))
            {
                throw new ArgumentException($"{What} has no argument '{name}'.");
            }

            values[name] = Filled(value, tensors);
        }

        return _kind.Compute(new OperationValues(What, values, tensors[0].device));
    }

    private static object? Filled(object? value, IReadOnlyList<Tensor> tensors) =>
        value switch
        {
            CallForm.Placed placed => tensors[placed.Index],
            object?[] list => Array.ConvertAll(list, v => Filled(v, tensors)),
            CallForm.Slice slice => new CallForm.Slice(
                Filled(slice.Start, tensors),
                Filled(slice.Stop, tensors),
                Filled(slice.Step, tensors)
            ),
            _ => value,
        };
}
