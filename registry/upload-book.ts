/** An upload that was begun, so that another process can go on with it. */
export interface BegunUpload {
  readonly location: string;
}

/** Where begun uploads are written down. */
export interface UploadBook {
  read(key: string): BegunUpload | undefined;
  write(key: string, upload: BegunUpload): void;
  forget(key: string): void;
}

/** For those who do not go on after their end. */
export const noUploadBook: UploadBook = {
  read: () => undefined,
  write: () => undefined,
  forget: () => undefined,
};
