using Distillation.Keras.CodeGeneration;
using Distillation.Keras.Testing;

return Generation.Run(args, Repository.Root, Console.Out, Console.Error);
