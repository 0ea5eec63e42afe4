namespace Distillation.Keras.Callbacks;

/// <summary>Keras' progress line.</summary>
internal sealed class ProgressBar : Callback
{
}
