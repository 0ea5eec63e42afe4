using System.Runtime.CompilerServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.State;

namespace Distillation.Keras;

/// <content>What F# calls; see <see cref="CSharpOnly"/>.</content>
public sealed partial class Distiller
{
    /// <summary>
    /// Distils; the validation data are a tuple of any kinds of data, and the class weights any dictionary. It is what F# calls.
    /// </summary>
    /// <inheritdoc cref="Fit(ArrayLike, ArrayLike?, int?, int, int, IEnumerable{Callback}?, double, ValidationData?, bool, ClassWeights?,
    /// ArrayLike?, int, int?, int, ArrayLike?, FitState?, CancellationToken, ReadOnlySpan{CSharpOnly})"/>
    /// <remarks>
    /// Here <c>validation_data</c> is a tuple <c>(x, y)</c> or <c>(x, y, sample_weight)</c> of any kinds of data, or a
    /// <see cref="ValidationData"/>, and <c>class_weight</c> any dictionary: <c>dict [ 0, 1.0; 2, 10.0 ]</c>.
    /// </remarks>
    public DistillationResult Fit(
        ArrayLike x,
        ArrayLike? y = null,
        int? batch_size = null,
        int epochs = 10,
        int verbose = 1,
        IEnumerable<Callback>? callbacks = null,
        double validation_split = 0.0,
        ITuple? validation_data = null,
        bool shuffle = true,
        IEnumerable<KeyValuePair<int, double>>? class_weight = null,
        ArrayLike? sample_weight = null,
        int initial_epoch = 0,
        int? steps_per_epoch = null,
        int validation_freq = 1,
        ArrayLike? mask = null,
        FitState? state = null,
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
            validation_freq,
            mask,
            state,
            cancellationToken
        );
}
