using System.ComponentModel;
using System.Runtime.CompilerServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Facade;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>
/// Keras' own lower-case names, for code that comes from Python or TensorFlow.NET: <c>using static Distillation.Keras.KerasApi;</c> brings
/// <c>keras.layers.Conv2D(...)</c>, <c>keras.Sequential(...)</c> and <c>model.compile(...)</c>, <c>model.fit(...)</c>.
/// </summary>
/// <remarks>
/// A thin facade: each method calls the one of this library with the same parameters and defaults. Thread-safe as far as these are. Editors do not
/// offer the lower-case methods of models, so that they stay out of the way of everybody else.
/// </remarks>
public static class KerasApi
{
    /// <summary>Keras' <c>keras</c>.</summary>
    public static KerasModule keras { get; } = new();

    /// <inheritdoc cref="Model.Compile(Optimizer?, LossSpec?, MetricList?, LossWeights?, MetricList?, int, ReadOnlySpan{CSharpOnly})"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(2)]
    public static void compile(
        this Model model,
        Optimizer? optimizer = null,
        LossSpec? loss = null,
        MetricList? metrics = null,
        LossWeights? loss_weights = null,
        MetricList? weighted_metrics = null,
        int steps_per_execution = 1,
        params ReadOnlySpan<CSharpOnly> csharp)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Compile(optimizer, loss, metrics, loss_weights, weighted_metrics, steps_per_execution);
    }

    /// <inheritdoc cref="Model.Compile(Optimizer?, Func{Tensor, Tensor, Tensor}, MetricList?, LossWeights?, MetricList?, int, ReadOnlySpan{CSharpOnly})"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public static void compile(
        this Model model,
        Optimizer? optimizer,
        Func<Tensor, Tensor, Tensor> loss,
        MetricList? metrics = null,
        LossWeights? loss_weights = null,
        MetricList? weighted_metrics = null,
        int steps_per_execution = 1,
        params ReadOnlySpan<CSharpOnly> csharp)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Compile(optimizer, loss, metrics, loss_weights, weighted_metrics, steps_per_execution);
    }

    /// <inheritdoc cref="Model.Compile(Optimizer?, LossSpec?, IEnumerable{object}?, IEnumerable{double}?, IEnumerable{object}?, int)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void compile(
        this Model model,
        Optimizer? optimizer = null,
        LossSpec? loss = null,
        IEnumerable<object>? metrics = null,
        IEnumerable<double>? loss_weights = null,
        IEnumerable<object>? weighted_metrics = null,
        int steps_per_execution = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Compile(optimizer, loss, metrics, loss_weights, weighted_metrics, steps_per_execution);
    }

    /// <inheritdoc cref="Model.Fit(ArrayLike, ArrayLike?, int?, int, int, IEnumerable{Callback}?, double, ValidationData?, bool, ClassWeights?, ArrayLike?, int, int?, int?, int?, int, CancellationToken, ReadOnlySpan{CSharpOnly})"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public static History fit(
        this Model model,
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int epochs = 1,
        int verbose = 1,
        IEnumerable<Callback>? callbacks = null,
        double validation_split = 0.0,
        ValidationData? validation_data = null,
        bool shuffle = true,
        ClassWeights? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int? validation_steps = null,
        int? validation_batch_size = null,
        int validation_freq = 1,
        CancellationToken cancellationToken = default,
        params ReadOnlySpan<CSharpOnly> csharp)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Fit(
            x, y, batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, class_weight, sample_weight, initial_epoch,
            steps_per_epoch, validation_steps, validation_batch_size, validation_freq, cancellationToken);
    }

    /// <inheritdoc cref="Model.Fit(ArrayLike, ArrayLike?, int?, int, int, IEnumerable{Callback}?, double, ITuple?, bool, IEnumerable{KeyValuePair{int, double}}?, ArrayLike?, int, int?, int?, int?, int, CancellationToken)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static History fit(
        this Model model,
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int epochs = 1,
        int verbose = 1,
        IEnumerable<Callback>? callbacks = null,
        double validation_split = 0.0,
        ITuple? validation_data = null,
        bool shuffle = true,
        IEnumerable<KeyValuePair<int, double>>? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int? validation_steps = null,
        int? validation_batch_size = null,
        int validation_freq = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Fit(
            x, y, batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, class_weight, sample_weight, initial_epoch,
            steps_per_epoch, validation_steps, validation_batch_size, validation_freq, cancellationToken);
    }

    /// <inheritdoc cref="Model.Evaluate"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Logs evaluate(
        this Model model,
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int verbose = 0,
        ArrayLike? sample_weight = null,
        int? steps = null,
        IEnumerable<Callback>? callbacks = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Evaluate(x, y, batch_size, verbose, sample_weight, steps, callbacks, cancellationToken);
    }

    /// <inheritdoc cref="Model.Predict"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static NDArray predict(this Model model, ArrayLike x, int? batch_size = null, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Predict(x, batch_size, verbose);
    }

    /// <inheritdoc cref="Model.Summary"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void summary(this Model model, int? line_length = null, Action<string>? print_fn = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Summary(line_length, print_fn);
    }

    /// <inheritdoc cref="Model.ToJson"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static string to_json(this Model model, bool compile = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.ToJson(compile);
    }

    /// <inheritdoc cref="Model.GetLayer(string)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Layer get_layer(this Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.GetLayer(name);
    }

    /// <inheritdoc cref="Model.GetLayer(int)"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Layer get_layer(this Model model, int index)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.GetLayer(index);
    }

    /// <inheritdoc cref="Layer.CountParams"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static long count_params(this Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.CountParams();
    }

    /// <inheritdoc cref="Layer.GetWeights"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static IReadOnlyList<NDArray> get_weights(this Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.GetWeights();
    }

    /// <inheritdoc cref="Layer.SetWeights"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void set_weights(this Layer layer, IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(layer);
        layer.SetWeights(weights);
    }

    /// <inheritdoc cref="Sequential.Add"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void add(this Sequential model, Layer layer)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Add(layer);
    }

    /// <inheritdoc cref="Sequential.Pop"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Layer pop(this Sequential model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Pop();
    }
}
