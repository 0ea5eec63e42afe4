using System.Runtime.CompilerServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.State;

namespace Distillation.Keras;

/// <content>
/// What F# calls: it has conversions from an argument's own type alone, and none from lists, tuples and dictionaries. The same methods for
/// C# have a last parameter that hides them from F# (see <see cref="CSharpOnly"/>).
/// </content>
public partial class Model
{
    /// <summary>
    /// Configures the model for training, with metrics in any kind of collection. It is what F# calls: <c>model.Compile("adam", "mse", [
    /// "accuracy"; TopKCategoricalAccuracy(5) ])</c>.
    /// </summary>
    /// <param name="optimizer">A name (<c>"adam"</c>) or an <see cref="Optimizers.Optimizer"/>; <c>"rmsprop"</c> by default.</param>
    /// <param name="loss">A name, a <see cref="Losses.Loss"/>, or one for each output (see <see cref="LossSpec"/>).</param>
    /// <param name="metrics">
    /// What to report, not weighted by sample weights: names, <see cref="Metric"/>s, with several outputs a list for each; or a
    /// <see cref="MetricList"/>.
    /// </param>
    /// <param name="loss_weights">The weights of the outputs' losses in the total.</param>
    /// <param name="weighted_metrics">What to report, weighted by sample and class weights.</param>
    /// <param name="steps_per_execution">How many steps are made before callbacks hear of them.</param>
    /// <exception cref="ArgumentException">A name is not known, or an element of a list is no metric.</exception>
    public void Compile(
        Optimizer? optimizer = null,
        LossSpec? loss = null,
        IEnumerable<object>? metrics = null,
        IEnumerable<double>? loss_weights = null,
        IEnumerable<object>? weighted_metrics = null,
        int steps_per_execution = 1
    ) =>
        Compile(
            optimizer,
            loss,
            MetricList.Of(metrics),
            LossWeights.Of(loss_weights),
            MetricList.Of(weighted_metrics),
            steps_per_execution
        );

    /// <summary>
    /// Trains the model; the validation data are a tuple of any kinds of data, and the class weights any dictionary. It is what F# calls.
    /// </summary>
    /// <inheritdoc cref="Fit(ArrayLike, ArrayLike?, int?, int, int, IEnumerable{Callback}?, double, ValidationData?, bool, ClassWeights?,
    /// ArrayLike?, int, int?, int?, int?, int, FitState?, Device?, CancellationToken, ReadOnlySpan{CSharpOnly})"/>
    /// <remarks>
    /// Here <c>validation_data</c> is a tuple <c>(x, y)</c> or <c>(x, y, sample_weight)</c> of any kinds of data, or a
    /// <see cref="ValidationData"/>, and <c>class_weight</c> any dictionary: <c>dict [ 0, 1.0; 2, 10.0 ]</c>.
    /// </remarks>
    public History Fit(
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
        FitState? state = null,
        Device? device = null,
        CancellationToken cancellationToken = default
    ) =>
        Fit(
            x,
            y,
            batch_size,
            epochs,
            verbose,
            callbacks,
            validation_split,
            ValidationData.Of(validation_data),
            shuffle,
            ClassWeights.Of(class_weight),
            sample_weight,
            initial_epoch,
            steps_per_epoch,
            validation_steps,
            validation_batch_size,
            validation_freq,
            state,
            device,
            cancellationToken
        );
}
