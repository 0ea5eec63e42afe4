using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// A model's input: the shape of one sample. Converts to a <see cref="KerasTensor"/>, and is the first layer of a <c>Sequential</c>.
/// </summary>
/// <remarks>Source: <c>keras/src/layers/core/input_layer.py</c>.</remarks>
[KerasName("InputLayer")]
public sealed class Input : Layer
{
    private readonly string _dtype;

    /// <summary>An input.</summary>
    /// <param name="shape">The shape of one sample, without the batch axis: <c>(28, 28, 1)</c>. Unknown sizes are null.</param>
    /// <param name="batch_size">A fixed batch size, or <see langword="null"/> for any.</param>
    /// <param name="dtype">
    /// The type that data is cast to: <c>"float32"</c> (the default), <c>"float64"</c>, <c>"float16"</c>, <c>"bfloat16"</c>, integers
    /// (<c>"int64"</c>, <c>"uint8"</c>, ...), <c>"bool"</c>, or <c>"string"</c>, which only <see cref="StringLookup"/> takes.
    /// </param>
    /// <param name="name">Its name; by default <c>input_layer</c>, <c>input_layer_1</c>, ...</param>
    /// <exception cref="ArgumentException">The type is not known, or <paramref name="batch_size"/> is negative.</exception>
    public Input(Shape shape, int? batch_size = null, string? dtype = null, string? name = null)
        : this(
            (shape ?? throw new ArgumentNullException(nameof(shape), "An input needs a shape: new Input((28, 28, 1)).")).WithBatch(
                Arguments.AtLeast(0, batch_size)
            ),
            dtype,
            name,
            optional: false
        ) { }

    /// <summary>An input of that shape of one sample: <c>new Input(28, 28, 1)</c>.</summary>
    public Input(params int[] shape)
        : this(new Shape(shape ?? throw new ArgumentNullException(nameof(shape)))) { }

    private Input(Shape batchShape, string? dtype, string? name, bool optional)
        : base(name)
    {
        _dtype = dtype ?? "float32";
        ScalarType = DTypes.TryGet(_dtype, out ScalarType type)
            ? type
            : throw new ArgumentException(
                $"An input's dtype is one of {string.Join(", ", DTypes.Names)}, but \"{dtype}\" was given.",
                nameof(dtype)
            );
        BatchShape = batchShape;
        Optional = optional;
        Built = true;
        AddNode(null, [batchShape]);
    }

    /// <summary>The shape with the batch axis.</summary>
    public Shape BatchShape { get; }

    /// <summary>The type that data is cast to.</summary>
    public string InputDType => _dtype;

    internal bool Optional { get; }

    internal ScalarType ScalarType { get; }

    /// <summary>The symbolic tensor of the input.</summary>
    public static implicit operator KerasTensor(Input input) => (input ?? throw new ArgumentNullException(nameof(input))).Output;

    /// <summary>An input with a given batch axis.</summary>
    /// <param name="batch_shape">The shape with the batch axis.</param>
    /// <param name="dtype">The type that data is cast to.</param>
    /// <param name="name">Its name.</param>
    public static Input WithBatchShape(Shape batch_shape, string? dtype = null, string? name = null) =>
        new(batch_shape ?? throw new ArgumentNullException(nameof(batch_shape)), dtype, name, optional: false);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return BatchShape;
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig() =>
        new()
        {
            ["batch_shape"] = ConfigWriter.ToJson(BatchShape, "batch_shape"),
            ["dtype"] = _dtype,
            ["sparse"] = false,
            ["ragged"] = false,
            ["name"] = Name,
            ["optional"] = Optional,
        };

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => input;

    internal override Layer CloneLayer() => new Input(BatchShape, _dtype, Name, Optional);

    private protected override string? NoPenaltyReason => "an input computes nothing. Give it to the layer behind.";

    private protected override string OutputDType(IReadOnlyList<KerasTensor> inputs) => _dtype;

    private protected override bool IsOfType(Tensor input) => true;

    internal static Input FromConfig(JsonObject config)
    {
        string[] known = ["batch_shape", "dtype", "sparse", "ragged", "name", "optional"];
        foreach ((string key, JsonNode? value) in config)
        {
            if (!known.Contains(key))
            {
                throw new ArgumentException($"InputLayer has no argument named '{key}'. Known: {string.Join(", ", known)}.");
            }

            if (key is "sparse" or "ragged" && ConfigReader.Convert(value, typeof(bool?), $"InputLayer: the argument '{key}'") is true)
            {
                throw new NotSupportedException($"InputLayer: {key} inputs are not supported.");
            }
        }

        string? dtype = config["dtype"] is JsonObject policy
            ? KerasSerializer.Deserialize<DTypePolicy>(policy).ComputeName
            : (string?)ConfigReader.Convert(config["dtype"], typeof(string), "InputLayer: the argument 'dtype'");
        Shape shape =
            (Shape?)ConfigReader.Convert(config["batch_shape"], typeof(Shape), "InputLayer: the argument 'batch_shape'")
            ?? throw new ArgumentException("InputLayer needs the argument 'batch_shape', but its configuration does not have it.");
        string? name = (string?)ConfigReader.Convert(config["name"], typeof(string), "InputLayer: the argument 'name'");
        return new Input(
            shape,
            dtype,
            name,
            ConfigReader.Convert(config["optional"], typeof(bool?), "InputLayer: the argument 'optional'") is true
        );
    }
}
