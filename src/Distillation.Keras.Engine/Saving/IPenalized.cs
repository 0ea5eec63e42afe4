namespace Distillation.Keras.Saving;

/// <summary>What may have a penalty on what it computes, also where its constructor does not take it.</summary>
internal interface IPenalized
{
    /// <summary>The penalty, if any.</summary>
    KerasObject? Penalty { get; set; }
}

/// <inheritdoc/>
/// <typeparam name="TPenalty">What a penalty is.</typeparam>
internal interface IPenalized<TPenalty> : IPenalized
    where TPenalty : KerasObject;
