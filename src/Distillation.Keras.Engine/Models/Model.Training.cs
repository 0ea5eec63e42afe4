namespace Distillation.Keras;
public partial class Model { private static void ReleaseTraining() { } }
