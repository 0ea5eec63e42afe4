using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Saving;
using InputLayer = Distillation.Keras.Layers.Input;

namespace Distillation.Keras;

/// <summary>A model whose layers follow each other.</summary>
/// <remarks>
/// With an <see cref="Layers.Input"/> as its first layer its weights, <c>Inputs</c> and <c>Outputs</c> are there at once; without, they are
/// made when it first sees data. Not thread-safe. Source: <c>keras/src/models/sequential.py</c>.
/// </remarks>
public sealed class Sequential : Functional
{
    private readonly List<Layer> _layers = [];

    // The output of each layer, as far as the input is known.
    private readonly List<KerasTensor> _outputs = [];
    private InputLayer? _input;

    // What it was called on first, where that is known of a model that was read.
    private Shape? _seen;

    /// <summary>
    /// A model of a list of layers: <c>new Sequential([new Input(28, 28, 1), new Flatten(), new Dense(10)], name: "small")</c>. Without one
    /// the layers are added by <see cref="Add"/>.
    /// </summary>
    /// <param name="layers">The layers in order; one that comes again computes with the same weights.</param>
    /// <param name="trainable">Whether training changes its weights.</param>
    /// <param name="name">The model's name; given by name in F#.</param>
    /// <exception cref="ArgumentException">A layer does not fit the one before it, or two layers have one name.</exception>
    public Sequential(IEnumerable<Layer>? layers = null, bool trainable = true, string? name = null)
        : base(name, trainable)
    {
        AddAll(layers ?? []);
    }

    // Its layers compute in types of their own; that of the model is kept for who reads the file.
    private Sequential(string? name, DTypePolicy? dtype)
        : base(name, trainable: true, dtype) { }

    /// <summary>A model of these layers: <c>new Sequential(new Input(28, 28, 1), new Flatten(), new Dense(10))</c>.</summary>
    /// <param name="first">The first layer.</param>
    /// <param name="second">
    /// The layer behind it. It has a parameter of its own, so that F# knows <c>Sequential([ Input 4; Dense 2 ])</c> for a list before it
    /// looks into it.
    /// </param>
    /// <param name="more">The other layers.</param>
    /// <exception cref="ArgumentException">A layer does not fit the one before it, or two layers have one name.</exception>
    public Sequential(Layer first, Layer second, params Layer[] more)
        : this([
            first ?? throw new ArgumentNullException(nameof(first)),
            second ?? throw new ArgumentNullException(nameof(second)),
            .. more ?? throw new ArgumentNullException(nameof(more)),
        ]) { }

    /// <summary>A model of one layer, in C#. F# writes <c>Sequential [ Dense 2 ]</c>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="csharp">Not to be given; see <see cref="CSharpOnly"/>.</param>
    public Sequential(Layer layer, params ReadOnlySpan<CSharpOnly> csharp)
        : this([layer]) { }

    /// <summary>The layers in order, without the input (as in Keras).</summary>
    public override IReadOnlyList<Layer> Layers => _layers.AsReadOnly();

    internal override string ClassName => "Sequential";

    internal override string Module => "keras";

    internal override string? RegisteredName => null;

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Sublayers => [.. _layers.Distinct()];

    internal override IEnumerable<Layer> KeptLayers => _layers.Distinct();

    /// <summary>Adds a layer behind the last one.</summary>
    /// <exception cref="ArgumentException">
    /// It does not fit the output so far, its name is that of another layer, it is an input behind other layers, or it is this model or
    /// holds it.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for its weights.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        AddAll([layer]);
    }

    // The graph is made once for all of them.
    private void AddAll(IEnumerable<Layer> layers)
    {
        int before = _layers.Count;
        Variable? weight = FirstWeight;
        var names = new HashSet<string>(_layers.Select(l => l.Name), StringComparer.Ordinal);
        try
        {
            foreach (Layer layer in layers)
            {
                Append(layer, names, weight);
                weight ??= layer.FirstWeight;
            }
        }
        finally
        {
            if (_layers.Count > before)
            {
                Rebuild();
            }
        }
    }

    private void Append(Layer layer, HashSet<string> names, Variable? firstWeight)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer is InputLayer input)
        {
            if (_input is not null || _layers.Count > 0)
            {
                throw new ArgumentException(
                    Invariant(
                        $"An Input is the first layer of a Sequential, but '{Name}' has {_layers.Count + (_input is null ? 0 : 1)} already."
                    ),
                    nameof(layer)
                );
            }

            _input = input;
            return;
        }

        if (names.Contains(layer.Name) && !_layers.Contains(layer))
        {
            throw new ArgumentException(
                $"The layers of a model have different names, but '{layer.Name}' is in '{Name}' already. Give the new one another name.",
                nameof(layer)
            );
        }

        IReadOnlyList<Variable> before = layer.Weights;
        Nesting.Enter(this, layer);
        layer.PlaceBeside(this, firstWeight);

        // A model as the first layer brings its own input shape along.
        if (_input is null && _layers.Count == 0 && layer is Model { HasGraph: true, Inputs.Count: 1 } first)
        {
            _input = InputLike(first);
        }

        if (_input is not null)
        {
            KerasTensor output = layer.Apply(_outputs.Count > 0 ? _outputs[^1] : _input.Output);
            _outputs.Add(output);
        }

        _layers.Add(layer);
        names.Add(layer.Name);
        NamePaths(layer, before);
    }

    /// <summary>Takes the last layer off and returns it.</summary>
    /// <exception cref="InvalidOperationException">There is no layer.</exception>
    public Layer Pop()
    {
        if (_layers.Count == 0)
        {
            throw new InvalidOperationException($"There is no layer to take off: '{Name}' has none.");
        }

        Layer last = _layers[^1];
        _layers.RemoveAt(_layers.Count - 1);
        if (_outputs.Count > _layers.Count)
        {
            _outputs.RemoveAt(_outputs.Count - 1);
        }

        Rebuild();
        return last;
    }

    /// <inheritdoc/>
    protected override void BuildAll(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes.Count != 1)
        {
            throw new ArgumentException($"A Sequential takes one input, but '{Name}' got {inputShapes.Count}.");
        }

        BuildFor(InputLayer.WithBatchShape(inputShapes[0].With(0, null)));
    }

    internal void BuildFor(InputLayer input)
    {
        if (_layers.Count == 0)
        {
            throw new InvalidOperationException($"The model '{Name}' has no layers.");
        }

        _input = input;
        _outputs.Clear();
        KerasTensor tensor = input.Output;
        foreach (Layer layer in _layers)
        {
            IReadOnlyList<Variable> before = layer.Weights;
            tensor = layer.Apply(tensor);
            _outputs.Add(tensor);
            NamePaths(layer, before);
        }

        Rebuild();
    }

    internal override JsonObject? BuildConfig =>
        (_seen ?? _input?.BatchShape) is Shape built ? new() { ["input_shape"] = ConfigWriter.ToJson(built, "input_shape") } : null;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">
    /// A layer is in it more than once, which the list of a Sequential cannot say: make the model of tensors,
    /// <c>new Model(inputs, layer.Apply(layer.Apply(inputs)))</c>. Keras writes such a layer once, and reads another model.
    /// </exception>
    public override JsonObject GetConfig()
    {
        if (_layers.GroupBy(l => l, ReferenceEqualityComparer.Instance).FirstOrDefault(g => g.Count() > 1) is { } several)
        {
            throw new NotSupportedException(
                Invariant(
                    $"The configuration of a Sequential lists its layers, and cannot say that '{((Layer)several.Key!).Name}' is in "
                        + $"'{Name}' {several.Count()} times. Make the model of tensors, "
                        + $"new Model(inputs, layer.Apply(layer.Apply(inputs))), or give each place a layer of its own."
                )
            );
        }

        var layers = new JsonArray();
        if (_input is not null)
        {
            layers.Add(KerasSerializer.Serialize(_input));
        }

        foreach (Layer layer in _layers)
        {
            layers.Add(KerasSerializer.Serialize(layer));
        }

        var config = new JsonObject
        {
            ["name"] = Name,
            ["trainable"] = Trainable,
            ["dtype"] = KerasSerializer.Serialize(Dtype),
            ["layers"] = layers,
        };
        if ((_seen ?? _input?.BatchShape) is Shape built)
        {
            config["build_input_shape"] = ConfigWriter.ToJson(built, "build_input_shape");
        }

        return config;
    }

    internal static new Sequential FromConfig(JsonObject config)
    {
        ConfigReader.RefuseUnknownKeys("Sequential", config, ["name", "trainable", "dtype", "layers", "build_input_shape"]);
        if (config["layers"] is not JsonArray layers)
        {
            throw new ArgumentException("Sequential needs the argument 'layers', a list, but its configuration does not have it.");
        }

        var model = new Sequential(
            (string?)ConfigReader.Convert(config["name"], typeof(string), "Sequential: the argument 'name'"),
            (DTypePolicy?)ConfigReader.Convert(config["dtype"], typeof(DTypePolicy), "Sequential: the argument 'dtype'")
        );
        model.AddAll(
            layers.Select(l => KerasSerializer.Deserialize<Layer>(l ?? throw new ArgumentException("Sequential: a layer is null.")))
        );

        if (config["build_input_shape"] is JsonArray shape && model._input is null)
        {
            if (model._layers.Count == 0)
            {
                throw new ArgumentException(
                    "Sequential: 'build_input_shape' says for what its layers are built, but its configuration has no layers."
                );
            }

            // Keras notes the size of the batch that the model was called on first, and then takes any.
            model._seen = (Shape)ConfigReader.Convert(shape, typeof(Shape), "Sequential: the argument 'build_input_shape'")!;
            model.BuildFor(InputLayer.WithBatchShape(model._seen.With(0, null)));
        }

        if (ConfigReader.Convert(config["trainable"], typeof(bool?), "Sequential: the argument 'trainable'") is false)
        {
            // Its layers have flags of their own.
            model.SetOwnTrainable(false);
        }

        return model;
    }

    internal override Layer CloneLayer()
    {
        Layer[] input = _input is null ? [] : [_input.CloneLayer()];
        var clone = new Sequential(Name, Dtype);
        var clones = new Dictionary<Layer, Layer>(ReferenceEqualityComparer.Instance);
        foreach (Layer layer in Sublayers)
        {
            clones.Add(layer, layer.CloneLayer());
        }

        clone.AddAll(input.Concat(_layers.Select(l => clones[l])));

        clone._seen = _seen;
        clone.CopyTrainable(this);
        clone.PlaceBeside(this);
        return clone;
    }

    internal override Action Remember()
    {
        Action others = base.Remember();
        (InputLayer? input, KerasTensor[] outputs) = (_input, [.. _outputs]);
        return () =>
        {
            _input = input;
            _outputs.Clear();
            _outputs.AddRange(outputs);
            others();
        };
    }

    private static InputLayer InputLike(Model first) => InputLayer.WithBatchShape(first.Inputs[0].Shape, first.Inputs[0].DType);

    // Weights that a layer had before it came into the model keep their paths.
    private void NamePaths(Layer layer, IEnumerable<Variable> before)
    {
        foreach (Variable weight in layer.Weights.Except(before, ReferenceEqualityComparer.Instance).Cast<Variable>())
        {
            if (weight.Path.StartsWith(layer.Name + "/", StringComparison.Ordinal))
            {
                weight.Path = $"{Name}/{weight.Path}";
            }
        }
    }

    private void Rebuild() => SetGraph(_input is not null && _outputs.Count > 0 ? Graph.Create(_input.Output, _outputs[^1]) : null);
}
