return Distillation.Keras.Benchmarks.BenchmarkProgram.Run(args, Console.Out, Console.Error);
