using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>A function of targets and predictions that training makes small.</summary>
/// <remarks>
/// Immutable, so it may be shared between threads. A string converts: <c>model.Compile(loss: "mse")</c>. <see cref="Call"/> is called; for
/// a loss of one's own
/// <see cref="Forward"/> is overridden, or a function is wrapped in a <see cref="LossFunctionWrapper"/>.
/// Source: <c>keras/src/losses/loss.py</c>.
/// </remarks>
[Identifiers("crossentropy", "ce")]
[ConfigNull("reduction", "\"none\"")]
public abstract class Loss : LossSpec, INamed
{
    /// <summary>For derived classes.</summary>
    /// <param name="name">The loss' name in logs of models with several outputs.</param>
    /// <param name="reduction">
    /// <c>"sum_over_batch_size"</c> (also written <c>"mean"</c>), <c>"sum"</c>, <c>"mean_with_sample_weight"</c>, or <c>"none"</c>.
    /// </param>
    /// <param name="dtype">The type that the loss computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">There is no such reduction.</exception>
    protected Loss(string? name = null, string reduction = "sum_over_batch_size", DTypePolicy? dtype = null)
    {
        Name = name ?? Naming.Automatic(GetType().Name);
        Reduction = LossReduction.Check(reduction);
        DType = DTypePolicy.Floating(dtype, $"The loss '{Name}'");
    }

    /// <summary>Its name.</summary>
    public string Name { get; private set; }

    /// <summary>How the values of a batch become one.</summary>
    public string Reduction { get; }

    /// <summary>The type that it computes in.</summary>
    public DTypePolicy DType { get; }

    internal override string Module => GetType().Assembly == typeof(Loss).Assembly ? "keras.losses" : base.Module;

    /// <summary>The string that it was made of, which is what a compile configuration keeps.</summary>
    internal string? Identifier { get; private set; }

    // A string that became a loss on its way stays a string.
    internal sealed override object?[] Items => [(object?)Identifier ?? this];

    /// <summary>
    /// Whether targets are handed to <see cref="Forward"/> in their own type (class numbers) instead of the type that the loss computes in.
    /// </summary>
    protected internal virtual bool KeepsTargetType => false;

    /// <summary>The reduced loss.</summary>
    /// <param name="y_true">Targets, batch first; integers or floats.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    /// <param name="sample_weight">
    /// Weights that broadcast against the unreduced loss, or <see langword="null"/>. As in Keras, weights (n,) are not expanded for a loss
    /// of shape (n, t): give (n, 1) or (n, t).
    /// </param>
    /// <param name="mask">Which positions count (bool, or 0 and 1; the unreduced loss' shape), or <see langword="null"/>.</param>
    /// <returns>A scalar with a gradient, unless the reduction is "none". The caller owns it.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other; the message gives them.</exception>
    public Tensor Call(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(y_pred);
        try
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor target, Tensor prediction) = InTypes(y_true, y_pred);
            Tensor values = Checked(Forward(target, prediction));
            Tensor result = LossReduction.Apply(
                values,
                Reduction,
                sample_weight,
                LossReduction.Both(mask, MaskOf(values, target, prediction))
            );

            return Given(result, y_true, y_pred);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(
                e,
                (nameof(y_true), y_true),
                (nameof(y_pred), y_pred),
                (nameof(sample_weight), sample_weight),
                (nameof(mask), mask)
            );
        }
    }

    /// <summary>The loss before weights, masks and reduction, for who reduces it himself.</summary>
    /// <param name="y_true">Targets, batch first; integers or floats.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    /// <returns>One value a row, or a position of a row, with a gradient. The caller owns it.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other; the message gives them.</exception>
    public Tensor Values(Tensor y_true, Tensor y_pred)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(y_pred);
        try
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor target, Tensor prediction) = InTypes(y_true, y_pred);
            return Given(Checked(Forward(target, prediction)), y_true, y_pred);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, (nameof(y_true), y_true), (nameof(y_pred), y_pred));
        }
    }

    private (Tensor Target, Tensor Prediction) InTypes(Tensor y_true, Tensor y_pred)
    {
        ScalarType type = DType.ComputeType;
        return (KeepsTargetType ? TensorGuard.Real(y_true) : LossShapes.InType(y_true, type), LossShapes.InType(y_pred, type));
    }

    // A delegate may give back its argument; what is somebody else's must not be moved.
    private static Tensor Given(Tensor result, Tensor y_true, Tensor y_pred) =>
        (ReferenceEquals(result, y_true) || ReferenceEquals(result, y_pred) ? result.alias() : result).MoveToOuterDisposeScope();

    private Exception Failed(Exception e, params ReadOnlySpan<(string Name, Tensor? Tensor)> given) =>
        NativeFailure.Of(e, $"The loss '{Name}' ({ClassName})", "Compare the shapes and types with what it takes.", given);

    private Tensor Checked(Tensor values)
    {
        string? found =
            values is null ? "null"
            : values.IsInvalid ? "a tensor that is disposed"
            : values.is_floating_point() ? null
            : $"a tensor of type {values.dtype}";
        return found is null
            ? values!
            : throw new InvalidOperationException(
                $"The loss '{Name}' should give floating-point numbers, one value a row, but gave {found}."
            );
    }

    /// <summary>
    /// The loss before reduction: one value a row (or a position), with a gradient. Overridden by each loss; users call <see cref="Call"/>.
    /// </summary>
    /// <param name="y_true">Targets, batch first, in the type that the loss computes in.</param>
    /// <param name="y_pred">Predictions, batch first, in the type that the loss computes in.</param>
    /// <returns>A new tensor that the caller owns.</returns>
    protected internal abstract Tensor Forward(Tensor y_true, Tensor y_pred);

    /// <summary>The configuration as Keras writes it: without the type, unless it is not the default.</summary>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (config.Remove("dtype") && DType.Name != DTypePolicy.Float32.Name)
        {
            config["dtype"] = DType.Name;
        }

        return config;
    }

    /// <summary>
    /// A loss by Keras' name for it: a class (<c>"MeanSquaredError"</c>) or a function (<c>"mean_squared_error"</c>, <c>"mse"</c>,
    /// <c>"MSE"</c>).
    /// </summary>
    /// <returns>The loss; <see langword="null"/> for <see langword="null"/>, as in Keras.</returns>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    [return: NotNullIfNotNull(nameof(identifier))]
    public static Loss? Get(string? identifier) =>
        identifier switch
        {
            null => null,

            // The one function whose name is not the default name of its class.
            "huber" => new Huber(name: "huber"),
            "crossentropy" or "ce" => throw new ArgumentException(
                $"There is no loss named '{identifier}' outside of Compile, which chooses by the shapes. Name one of "
                    + "'categorical_crossentropy' (one-hot targets), 'sparse_categorical_crossentropy' (class numbers), "
                    + "'binary_crossentropy'.",
                nameof(identifier)
            ),
            _ => (Loss)KerasClasses.FromIdentifier(identifier, typeof(Loss)),
        };

    /// <summary>A loss from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="name">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Loss Deserialize(JsonNode name, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Loss>(name, custom_objects, Get);

    /// <summary>A loss in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="loss">The loss.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return KerasSerializer.Serialize(loss);
    }

    /// <summary>
    /// A loss by Keras' name for it. <c>"crossentropy"</c> and <c>"ce"</c> are chosen by the shapes when training starts.
    /// </summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Loss?(string? name)
    {
        if (name is null)
        {
            return null;
        }

        Loss loss = LossResolver.IsDeferred(name) ? new DeferredLoss(name) : Get(name);
        loss.Identifier = name;
        return loss;
    }

    void INamed.Rename(string name) => Name = name;

    /// <summary>Refuses targets that do not fit a model's output, before training starts.</summary>
    /// <param name="y_true">All targets, batch first.</param>
    /// <param name="outputShape">The output's shape with its batch axis.</param>
    /// <remarks>
    /// Looking at values makes the device wait, so a step does not do it. <c>Fit</c> calls this once for the whole array: class numbers out
    /// of range get an error that names them, on every device.
    /// </remarks>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    protected internal virtual void ValidateTargets(Tensor y_true, Shape outputShape) { }

    /// <summary>
    /// How many of the first columns of targets and predictions are labels and their probabilities, where the loss takes more beside them;
    /// <see langword="null"/>: all are.
    /// </summary>
    /// <param name="target">The targets' shape, with the batch axis.</param>
    /// <param name="output">The output's shape, with the batch axis.</param>
    /// <exception cref="ArgumentException">They are not of the widths that go with it.</exception>
    protected internal virtual int? LabelColumns(Shape target, Shape output) => null;

    /// <summary>The labels among the targets: those that class weights go by.</summary>
    /// <param name="y_true">All targets, batch first.</param>
    /// <param name="outputShape">The output's shape with its batch axis.</param>
    /// <exception cref="ArgumentException">There are none in them.</exception>
    protected internal virtual Tensor LabelsOf(Tensor y_true, Shape outputShape) => y_true;

    /// <summary>Refuses an output that was made for another loss.</summary>
    /// <exception cref="ArgumentException">It was.</exception>
    protected internal virtual void ValidateOutput(KerasTensor output) { }

    /// <summary>
    /// Whether some targets do not count (<c>ignore_class</c>): then the mean of <see cref="Values"/> is not what <see cref="Call"/> gives.
    /// </summary>
    public virtual bool LeavesOutTargets => false;

    /// <summary>A mask that comes out of the targets (<c>ignore_class</c>), of the unreduced loss' shape.</summary>
    protected internal virtual Tensor? ValuesMask(Tensor y_true, Tensor y_pred) => null;

    /// <summary>That mask, for losses of the library that find it in their own values.</summary>
    internal virtual Tensor? MaskOf(Tensor values, Tensor y_true, Tensor y_pred) => ValuesMask(y_true, y_pred);
}
