using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>A number that is gathered over batches: an accuracy, a mean loss.</summary>
/// <remarks>
/// Mutable and not thread-safe: it holds the sums of the batches seen since the last <see cref="ResetState"/>. Sums are tensors, so that no
/// step waits for a number. <c>Fit</c> works on copies. A string converts: <c>metrics: ["accuracy"]</c>. Source:
/// <c>keras/src/metrics/metric.py</c>.
/// </remarks>
[Identifiers("accuracy", "acc")]
public abstract class Metric : KerasObject, INamed
{
    private readonly List<Variable> _variables = [];
    private Device _device = Device.Cpu;

    /// <summary>For derived classes.</summary>
    /// <param name="name">Its name in logs; <see langword="null"/>: the class name in snake_case, numbered.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    protected Metric(string? name, DTypePolicy? dtype = null)
    {
        Name = name ?? Naming.Automatic(GetType().Name);
        DType = this is IoU && dtype is not null ? dtype : DTypePolicy.Floating(dtype, $"The metric '{Name}'");
    }

    /// <summary>Its name in logs.</summary>
    public string Name { get; private set; }

    /// <summary>The type that it computes in.</summary>
    public DTypePolicy DType { get; }

    /// <summary>Its sums, in Keras' order. Some metrics make theirs at the first update, when they know the number of classes.</summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>
    /// Whether a bigger value is a better one: callbacks with <c>mode: "auto"</c> ask. <see langword="null"/> (the default): not known.
    /// </summary>
    public virtual bool? HigherIsBetter => null;

    internal override string Module => GetType().Assembly == typeof(Metric).Assembly ? "keras.metrics" : base.Module;

    /// <summary>The string that it was made of, which is what a compile configuration keeps.</summary>
    internal string? Identifier { get; private set; }

    /// <summary>Takes in a batch.</summary>
    /// <param name="y_true">Targets, batch first.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    /// <param name="sample_weight">Weights of the rows or positions, or <see langword="null"/>.</param>
    /// <remarks>
    /// Called without gradient recording, within a dispose scope, by <c>Fit</c> and <c>Evaluate</c>. Keras' own metrics see to both
    /// themselves.
    /// </remarks>
    public abstract void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null);

    /// <summary>Takes in a batch of arrays, such as <c>Predict</c> gives.</summary>
    /// <param name="y_true">Targets, batch first: an <c>NDArray</c>, a tensor or a C# array.</param>
    /// <param name="y_pred">Predictions, batch first, likewise.</param>
    /// <param name="sample_weight">Weights of the rows or positions, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">One of them is not a single array, or their shapes do not fit.</exception>
    public void UpdateState(ArrayLike y_true, ArrayLike y_pred, ArrayLike? sample_weight = null)
    {
        ArgumentNullException.ThrowIfNull(y_true);
        ArgumentNullException.ThrowIfNull(y_pred);
        using DisposeScope scope = NewDisposeScope();
        Tensor target = Single(y_true, nameof(y_true));
        UpdateState(target, Single(y_pred, nameof(y_pred)), sample_weight is null ? null : Single(sample_weight, nameof(sample_weight)));
    }

    /// <summary>The value over all batches since the last reset, as a new scalar (or vector) tensor that the caller owns.</summary>
    public abstract Tensor Result();

    /// <summary>
    /// Moves its sums to a device, where it takes in batches from now on. <c>Fit</c> and <c>Evaluate</c> do so with their copies; in a
    /// training loop of one's own it is called before the first batch.
    /// </summary>
    /// <param name="device">That of targets and predictions.</param>
    /// <returns>The metric.</returns>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public Metric To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        device.RequireAvailable();
        Relocation.Move($"the metric '{Name}'", _variables, device);
        _device = device;
        return this;
    }

    /// <summary>Forgets all batches.</summary>
    public virtual void ResetState()
    {
        using IDisposable noGrad = no_grad();

        // Operations in place give a new handle too.
        using DisposeScope scope = NewDisposeScope();
        foreach (Variable variable in _variables)
        {
            variable.Value.zero_();
        }
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (config.ContainsKey("dtype"))
        {
            // Metrics write the type's name where layers write the whole policy.
            config["dtype"] = DType.Name;
        }

        return config;
    }

    /// <summary>A metric by Keras' name for it, which is also its name in logs, as in <c>compile</c>.</summary>
    /// <param name="identifier">
    /// Such as <c>"mse"</c> or <c>"top_k_categorical_accuracy"</c>. <c>"accuracy"</c> and <c>"acc"</c> are resolved by the shapes of
    /// targets and predictions when training starts.
    /// </param>
    /// <exception cref="ArgumentException">The name is not known; the message has the nearest ones.</exception>
    public static Metric Get(string identifier)
    {
        ArgumentException.ThrowIfNullOrEmpty(identifier);
        Metric metric = MetricResolver.IsDeferred(identifier)
            ? new DeferredMetric(identifier)
            : (Metric)KerasClasses.FromIdentifier(identifier, typeof(Metric));
        metric.Name = identifier;
        metric.Identifier = identifier;
        return metric;
    }

    /// <summary>A metric from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static Metric Deserialize(JsonNode config, IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null) =>
        KerasSerializer.Read<Metric>(config, custom_objects, Get);

    /// <summary>A metric in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="metric">The metric.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return KerasSerializer.Serialize(metric);
    }

    /// <summary>A metric by Keras' name for it; see <see cref="Get"/>.</summary>
    public static implicit operator Metric(string name) => Get(name);

    /// <summary>
    /// A loss as a metric: the mean over samples of its value, as Keras takes one in <c>metrics</c>. See
    /// <see cref="MeanMetricWrapper.FromLoss"/>.
    /// </summary>
    public static implicit operator Metric(Loss loss) => MeanMetricWrapper.FromLoss(loss);

    void INamed.Rename(string name) => Name = name;

    /// <summary>Adds a sum, which starts at zero, on the device that the metric is on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape; a scalar by default.</param>
    protected Variable AddVariable(string name, Shape? shape = null)
    {
        if (_device.IsHost)
        {
            SystemMemory.Require($"The metric '{Name}': its sum '{name}'", shape ?? Shape.Scalar, DType.ComputeType);
        }

        Layers.UninitializedWeights.CountSum($"The metric '{Name}': its sum '{name}'", shape ?? Shape.Scalar, DType.ComputeType);
        NativeLibraries.EnsureLoaded();
        var variable = new Variable(zeros((shape ?? Shape.Scalar).ToSizes(), DType.ComputeType, _device), name, trainable: false);
        _variables.Add(variable);
        return variable;
    }

    /// <summary>The tensor of one array, on the device that the metric is on.</summary>
    /// <exception cref="ArgumentException">There are several arrays, or none.</exception>
    private protected Tensor Single(ArrayLike array, string argument)
    {
        ArgumentNullException.ThrowIfNull(array, argument);
        NativeLibraries.EnsureLoaded();
        Tensor[] tensors = array.ToTensors(argument);
        return tensors.Length == 1
            ? tensors[0].to(_device)
            : throw new ArgumentException(
                Invariant($"The metric '{Name}' takes one array at a time, but {argument} has {tensors.Length}."),
                argument
            );
    }

    /// <summary>Takes in a batch of which some positions are masked. As in Keras only means of functions heed a mask.</summary>
    /// <param name="y_true">Targets.</param>
    /// <param name="y_pred">Predictions.</param>
    /// <param name="sample_weight">Weights, or <see langword="null"/>.</param>
    /// <param name="mask">Which positions count, or <see langword="null"/>.</param>
    internal virtual void UpdateMasked(Tensor y_true, Tensor y_pred, Tensor? sample_weight, Tensor? mask) =>
        UpdateState(y_true, y_pred, sample_weight);

    /// <summary>
    /// Whether it compares labels with their probabilities, and gets these alone where a loss takes more beside them. What is written by
    /// others gets all.
    /// </summary>
    internal virtual bool TakesLabelsAlone => GetType().Assembly == typeof(Metric).Assembly;

    /// <summary>
    /// Takes its sums down for a fit that is interrupted, or puts them back. What is kept elsewhere than in <see cref="Variables"/> is
    /// exchanged by an override, beside the base method.
    /// </summary>
    /// <param name="state">The part of the fit's state that is the metric's.</param>
    protected internal virtual void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (Variable variable in _variables)
        {
            state.Values(variable.Name, variable);
        }
    }

    /// <summary>Refuses an output that was made for another metric.</summary>
    /// <exception cref="ArgumentException">It was.</exception>
    protected internal virtual void ValidateOutput(KerasTensor output) { }

    /// <summary>A fresh metric of the same configuration and name, with sums of its own.</summary>
    /// <exception cref="InvalidOperationException">
    /// The class does not keep an argument of its constructor in a property of that name.
    /// </exception>
    public Metric Clone() => NamedLike(this, CloneCore());

    /// <summary>
    /// The fresh metric of <see cref="Clone"/>, which gives it the name; by default made by the constructor from the properties of its
    /// parameters' names.
    /// </summary>
    protected virtual Metric CloneCore() => (Metric)Copies.Of(this);

    /// <summary>Takes a batch in, and says in the library's words what the code of a metric of a user's own cannot do.</summary>
    internal void Take(Tensor y_true, Tensor y_pred, Tensor? sample_weight, Tensor? mask = null)
    {
        try
        {
            UpdateMasked(y_true, y_pred, sample_weight, mask);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, y_true, y_pred, sample_weight);
        }
    }

    /// <summary>The result, likewise.</summary>
    /// <exception cref="InvalidOperationException">A metric of a user's own gave no real numbers.</exception>
    internal Tensor Read()
    {
        Tensor? result;
        try
        {
            result = Result();
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(e, $"Result of the metric '{Name}' ({ClassName})", "Look at what it computes.", areArguments: false);
        }

        return result is { IsInvalid: false } && !result.is_complex()
            ? result
            : throw new InvalidOperationException(
                $"Result of a metric is a tensor of real numbers, but that of '{Name}' ({ClassName}) gave "
                    + (
                        result is null ? "null. Compute it from the metric's variables."
                        : result.IsInvalid ? "one that is disposed. Give a tensor that the caller disposes: variable.Value.clone()."
                        : $"the type {result.dtype}. Give the real part, or the absolute value."
                    )
            );
    }

    private protected Exception Failed(Exception e, Tensor y_true, Tensor y_pred, Tensor? sample_weight) =>
        NativeFailure.Of(
            e,
            $"The metric '{Name}' ({ClassName})",
            "Compare the shapes and types with what it takes.",
            (nameof(y_true), y_true),
            (nameof(y_pred), y_pred),
            (nameof(sample_weight), sample_weight)
        );

    /// <summary>Frees its sums. It cannot be used afterwards.</summary>
    public void Release() => _variables.ForEach(v => v.Release());

    /// <summary>Gives a metric the name (and string) of another.</summary>
    internal static Metric NamedLike(Metric source, Metric target)
    {
        target.Name = source.Name;
        target.Identifier = source.Identifier;
        return target;
    }
}
