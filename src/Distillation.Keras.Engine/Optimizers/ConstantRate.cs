namespace Distillation.Keras.Optimizers;

/// <summary>The same rate at each step.</summary>
internal sealed class ConstantRate : LearningRate
{
    internal ConstantRate(double value) => Value = Arguments.NotNegative(value, "learning_rate");

    internal override double Value { get; }
}
