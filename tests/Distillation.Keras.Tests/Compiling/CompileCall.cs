namespace Distillation.Keras.Tests.Compiling;

/// <summary>A call of <c>Compile</c>, and what it stands for.</summary>
/// <param name="Optimizer">The optimizer's class.</param>
/// <param name="Loss">The loss: <c>mse</c> or <c>mae</c>.</param>
/// <param name="Metrics">The metrics' names in logs, with spaces between.</param>
/// <param name="Make">The call.</param>
internal sealed record CompileCall(string Optimizer, string Loss, string Metrics, Action<Sequential> Make);
